import assert from 'node:assert/strict'
import { formatE2eParams, parseE2eParams } from '../../../core/agent/links/full-link.ts'
import { type Decryption, ratchetDecrypt } from '../../../core/agent/ratchet/decrypt.ts'
import { encryptBody, ratchetStep } from '../../../core/agent/ratchet/encrypt.ts'
import { decodeHeader, encodeHeader, paddedHeaderSize } from '../../../core/agent/ratchet/header.ts'
import { chainStep, rootStep } from '../../../core/agent/ratchet/kdf.ts'
import {
  type Kem,
  type KemAccepted,
  type KemKeyPair,
  readKemParams,
  writeKemParams,
} from '../../../core/agent/ratchet/kem.ts'
import {
  E2E_VERSIONS,
  readE2eLinkParams,
  readE2eParams,
  writeE2eLinkParams,
  writeE2eParams,
} from '../../../core/agent/ratchet/params.ts'
import { type PqMode, showsKemKey, supportsPq } from '../../../core/agent/ratchet/pq-mode.ts'
import { MAX_SKIP } from '../../../core/agent/ratchet/skip.ts'
import { initiatorState, joinerState, startAsInitiator, startAsJoiner } from '../../../core/agent/ratchet/start.ts'
import type { RatchetState, SkippedKey } from '../../../core/agent/ratchet/state.ts'
import { type X3dhKeys, type X3dhSecrets, x3dhAsInitiator, x3dhAsJoiner } from '../../../core/agent/ratchet/x3dh.ts'
import { hex } from '../../../core/codec/bytes.ts'
import { decodePublicKey, encodePublicKey, narrowPublicKey } from '../../../core/codec/keys.ts'
import { decode } from '../../../core/codec/reader.ts'
import { formatVersionRange } from '../../../core/codec/version.ts'
import { encode } from '../../../core/codec/writer.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { bytes, flag, keyPair, number, object, same, text } from '../fields.ts'
import type { Handler, VectorRecord } from '../handler.ts'

type Fields = Readonly<Record<string, unknown>>

/** A value in which byte strings are hexadecimal, so that it can be compared and shown. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

function sameValue(actual: unknown, expected: unknown, what: string): void {
  assert.deepEqual(plain(actual), plain(expected), what)
}

function orUndefined<T>(value: unknown, read: (fields: Fields) => T): T | undefined {
  return value === null || value === undefined ? undefined : read(object(value))
}

function kemPair(fields: Fields): KemKeyPair {
  return { publicKey: bytes(fields, 'publicKey'), secretKey: bytes(fields, 'secretKey') }
}

function kemAccepted(fields: Fields): KemAccepted {
  return { peerKey: bytes(fields, 'rcPQRr'), secret: bytes(fields, 'rcPQRss'), ciphertext: bytes(fields, 'rcPQRct') }
}

function ratchetState(value: unknown): RatchetState {
  const fields = object(value)
  const dh = keyPair(fields.dhSelf, 'X448')
  return {
    version: number(fields, 'versionCurrent'),
    maxVersion: number(fields, 'versionMaxSupported'),
    ad: bytes(fields, 'assocData'),
    dhPrivate: dh.privateKey.raw,
    dhPublic: dh.publicKey.raw,
    kem: orUndefined(fields.kem, (kem) => ({
      own: kemPair(object(kem.self)),
      accepted: orUndefined(kem.accepted, kemAccepted),
    })),
    supportKem: flag(fields, 'supportKEM'),
    enableKem: flag(fields, 'enableKEM'),
    sendKem: flag(fields, 'sndKEM'),
    receiveKem: flag(fields, 'rcvKEM'),
    rootKey: bytes(fields, 'rootKey'),
    send: orUndefined(fields.snd, (chain) => ({
      peerKey: decodePublicKey(bytes(chain, 'dhRemoteDer')).raw,
      chainKey: bytes(chain, 'chainKey'),
      headerKey: bytes(chain, 'headerKey'),
    })),
    receive: orUndefined(fields.rcv, (chain) => ({
      chainKey: bytes(chain, 'chainKey'),
      headerKey: bytes(chain, 'headerKey'),
    })),
    sendCount: number(fields, 'Ns'),
    receiveCount: number(fields, 'Nr'),
    previousSendCount: number(fields, 'PN'),
    nextSendHeaderKey: bytes(fields, 'nextHeaderKeySnd'),
    nextReceiveHeaderKey: bytes(fields, 'nextHeaderKeyRcv'),
  }
}

function skippedKeys(value: unknown): SkippedKey[] {
  assert(Array.isArray(value))
  return value.map((item: unknown) => {
    const fields = object(item)
    return {
      headerKey: bytes(fields, 'headerKey'),
      number: number(fields, 'n'),
      messageKey: bytes(fields, 'key'),
      iv: bytes(fields, 'iv'),
    }
  })
}

/** Secrets by ciphertext, from every state and parameter of a conversation: what a real KEM would compute. */
function recordedSecrets(value: unknown, found = new Map<string, Uint8Array>()): Map<string, Uint8Array> {
  if (typeof value !== 'object' || value === null) return found
  const fields = value as Fields
  if (typeof fields.rcPQRct === 'string') found.set(fields.rcPQRct, bytes(fields, 'rcPQRss'))
  if (typeof fields.sharedKey === 'string') found.set(text(fields, 'ciphertext'), bytes(fields, 'sharedKey'))
  for (const inner of Object.values(fields)) recordedSecrets(inner, found)
  return found
}

/** A KEM that answers with what was recorded: `own` is generated, `accepted` is encapsulated. */
function recordedKem(
  secrets: ReadonlyMap<string, Uint8Array>,
  own: KemKeyPair | undefined,
  accepted: Pick<KemAccepted, 'secret' | 'ciphertext'> | undefined,
): Kem {
  return {
    generate() {
      assert(own !== undefined, 'no key pair was recorded')
      return own
    },
    encapsulate() {
      assert(accepted !== undefined, 'no encapsulation was recorded')
      return accepted
    },
    decapsulate(_secretKey, ciphertext) {
      const secret = secrets.get(hex(ciphertext))
      assert(secret !== undefined, 'no decapsulation was recorded')
      return secret
    },
  }
}

function checkConversation(record: VectorRecord): void {
  const secrets = recordedSecrets(record)
  checkAgreement(object(record.x3dh), secrets)
  assert(Array.isArray(record.steps) && record.steps.length > 0)
  for (const [index, step] of record.steps.entries()) {
    const fields = object(step)
    try {
      if (fields.name === 'encrypt') checkEncrypt(fields)
      else checkDecrypt(fields, secrets)
    } catch (error) {
      throw new Error(`step ${index} (${String(fields.name)})`, { cause: error })
    }
  }
}

function x3dhKeys(side: Fields): X3dhKeys {
  return { key1: keyPair(side.privKey1, 'X448'), key2: keyPair(side.privKey2, 'X448') }
}

/** In these records "alice" joins and "bob" made the link; her ratchet begins with her second key. */
function checkAgreement(fields: Fields, secrets: ReadonlyMap<string, Uint8Array>): void {
  const joiner = object(fields.alice)
  const initiator = object(fields.bob)
  const version = number(fields, 'e2eVersion')
  const joinerKeys = x3dhKeys(joiner)
  const initiatorKeys = x3dhKeys(initiator)

  const link = parseE2eParams(text(initiator, 'paramsUri'))
  assert.equal(formatE2eParams(link), text(initiator, 'paramsUri'))
  same(
    encode((w) => writeE2eLinkParams(w, link)),
    text(initiator, 'paramsUriHex'),
    'link parameters',
  )
  sameValue(decode(bytes(initiator, 'paramsUriHex'), readE2eLinkParams), link, 'link parameters')
  const { key1, key2, kem } = link
  same(
    encode((w) => writeE2eParams(w, { version, key1, key2, kem })),
    text(initiator, 'paramsHex'),
    'parameters',
  )
  const reply = decode(bytes(joiner, 'paramsHex'), readE2eParams)
  same(
    encode((w) => writeE2eParams(w, reply)),
    text(joiner, 'paramsHex'),
    'reply',
  )
  assert.equal(reply.version, version)

  const own = orUndefined(joiner.privKem, (params) => kemPair(object(params.keyPair)))
  const sent = orUndefined(joiner.privKem, (params) =>
    params.type === 'accepted'
      ? { secret: bytes(params, 'sharedKey'), ciphertext: bytes(params, 'ciphertext') }
      : undefined,
  )
  checkSecrets(x3dhAsJoiner(joinerKeys, link, sent?.secret), object(joiner.initParams))
  checkSecrets(x3dhAsInitiator(initiatorKeys, reply, sent?.secret), object(initiator.initParams))

  const joined = ratchetState(joiner.ratchet)
  const joinedSecrets = x3dhAsJoiner(joinerKeys, link, sent?.secret)
  sameValue(
    joinerState(joinedSecrets, link, joinerKeys.key2, joined.kem, version, joined.maxVersion),
    joined,
    'ratchet of the joiner',
  )
  const answers = own === undefined ? undefined : recordedKem(secrets, own, sent)
  if (joined.maxVersion === E2E_VERSIONS.max && (sent !== undefined || kem === undefined)) {
    const start = startAsJoiner(link, joinerKeys, joinerKeys.key2, answers, version)
    sameValue(start, { state: joined, params: reply }, 'start of the joiner')
  }

  const initiated = ratchetState(initiator.ratchet)
  const initiatedSecrets = x3dhAsInitiator(initiatorKeys, reply, sent?.secret)
  sameValue(
    initiatorState(
      initiatedSecrets,
      initiatorKeys.key2,
      initiated.kem,
      initiated.supportKem,
      version,
      initiated.maxVersion,
    ),
    initiated,
    'ratchet of the initiator',
  )
  if (initiated.maxVersion === E2E_VERSIONS.max) {
    const proposed = orUndefined(initiator.privKem, (params) => kemPair(object(params.keyPair)))
    const pq = initiated.supportKem ? { kem: recordedKem(secrets, undefined, undefined), proposed } : undefined
    sameValue(startAsInitiator(initiatorKeys, reply, pq), initiated, 'start of the initiator')
  }
}

function checkSecrets(secrets: X3dhSecrets, expected: Fields): void {
  same(secrets.ad, text(expected, 'assocData'), 'associated data')
  same(secrets.rootKey, text(expected, 'ratchetKey'), 'root key')
  same(secrets.headerKey, text(expected, 'sndHK'), 'header key')
  same(secrets.nextHeaderKey, text(expected, 'rcvNextHK'), 'next header key')
}

function checkEncrypt(step: Fields): void {
  const pq = step.pqEnc === null ? undefined : flag(step, 'pqEnc')
  const { state, messageKey } = ratchetStep(ratchetState(step.stateBefore), {
    pq,
    maxVersion: number(step, 'supportedE2EVersion'),
  })
  same(messageKey.encHeader, text(step, 'encHeader'), 'encrypted header')
  same(messageKey.key, text(step, 'messageKey'), 'message key')
  same(messageKey.iv, text(step, 'messageIV'), 'message IV')
  same(messageKey.encHeader.subarray(2, 18), text(step, 'headerIV'), 'header IV')
  const message = encryptBody(messageKey, bytes(step, 'body'), number(step, 'paddedLen'))
  same(message, text(step, 'ciphertext'), 'message')
  assert.equal(message.length, number(step, 'ciphertextLen'))
  sameValue(state, ratchetState(step.stateAfter), 'state')
}

function checkDecrypt(step: Fields, secrets: ReadonlyMap<string, Uint8Array>): void {
  const after = ratchetState(step.stateAfter)
  const before = skippedKeys(step.skippedBefore)
  const result = ratchetDecrypt(ratchetState(step.stateBefore), before, bytes(step, 'ciphertext'), {
    random: () => after.dhPrivate,
    kem: recordedKem(secrets, after.kem?.own, after.kem?.accepted),
  })
  checkResult(result, object(step.result))
  sameValue(result.state, after, 'state')
  const kept = before.filter((key) => key !== result.skipped.removed)
  sameValue(sorted([...kept, ...result.skipped.added]), sorted(skippedKeys(step.skippedAfter)), 'skipped keys')
}

function sorted(keys: readonly SkippedKey[]): SkippedKey[] {
  const order = (key: SkippedKey) => `${hex(key.headerKey)} ${String(key.number).padStart(10)}`
  return keys.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
}

/** The reference's names of our reasons; some carry a number. */
const FAILURES: Readonly<Record<string, string>> = {
  CERatchetHeader: 'header',
  CERatchetEarlierMessage: 'earlier',
  CERatchetTooManySkipped: 'skipped',
  CERatchetDuplicateMessage: 'duplicate',
  CERatchetKEMState: 'kem',
  AESDecryptError: 'body',
  CryptoHeaderError: 'syntax',
}

function checkResult(result: Decryption, expected: Fields): void {
  const failure = expected.error ?? expected.messageError
  if (failure === undefined) {
    assert(result.ok, result.ok ? '' : result.error.message)
    same(result.plaintext, text(expected, 'body'), 'plaintext')
    return
  }
  assert(!result.ok, 'a failure was expected')
  const [name = '', count] = String(failure).split(' ')
  assert.equal(result.error.reason, FAILURES[name], String(failure))
  if (count !== undefined && /^\d+$/.test(count)) assert.equal(result.error.count, Number(count))
}

function checkHeader(record: VectorRecord): void {
  const version = number(record, 'version')
  const header = decodeHeader(version, bytes(record, 'hex'))
  assert.equal(header.maxVersion, number(record, 'maxVersion'))
  assert.equal(header.previousCount, number(record, 'PN'))
  assert.equal(header.number, number(record, 'Ns'))
  same(encodePublicKey(header.dh), text(record, 'dh'), 'key')
  const kem = /proposed|accepted/.exec(record.name)?.[0]
  assert.equal(header.kem?.kind, version >= 3 ? kem : undefined)
  same(encodeHeader(version, header), text(record, 'hex'), 'header')
}

function checkKemParams(record: VectorRecord): void {
  const params = decode(bytes(record, 'hex'), readKemParams)
  assert.equal(params.kind, text(record, 'kind'))
  if (params.kind === 'accepted')
    same(
      encode((w) => w.large(params.ciphertext)),
      text(record, 'ciphertext'),
      'ciphertext',
    )
  else same(params.publicKey, text(object(record.publicKey), 'publicKey'), 'public key')
  same(
    encode((w) => writeKemParams(w, params)),
    text(record, 'hex'),
    'parameters',
  )
}

function checkRootKdf(record: VectorRecord): void {
  const own = keyPair(record.priv, 'X448')
  const dh = agree(own.privateKey, narrowPublicKey(decodePublicKey(bytes(record, 'peerPub')), 'X448'))
  if (record.dh !== undefined) same(dh, text(record, 'dh'), 'agreement')
  const kemSecret = record.kemSharedKey === undefined ? undefined : bytes(record, 'kemSharedKey')
  const step = rootStep(bytes(record, 'rootKey'), dh, kemSecret)
  same(step.rootKey, text(record, 'outRootKey'), 'root key')
  same(step.chainKey, text(record, 'outChainKey'), 'chain key')
  same(step.nextHeaderKey, text(record, 'outNextHeaderKey'), 'next header key')
}

function checkChainKdf(record: VectorRecord): void {
  const step = chainStep(bytes(record, 'chainKey'))
  same(step.chainKey, text(record, 'outChainKey'), 'chain key')
  same(step.messageKey, text(record, 'messageKey'), 'message key')
  same(step.messageIv, text(record, 'messageIV'), 'message IV')
  same(step.headerIv, text(record, 'headerIV'), 'header IV')
}

const PQ_MODES: Readonly<Record<string, PqMode>> = { 'pq=disable': 'off', 'pq=enable': 'on', 'pq=invitation': 'use' }

function checkPqMode(record: VectorRecord): void {
  const mode = PQ_MODES[text(record, 'ik')]
  assert(mode !== undefined, 'unknown mode')
  const shown = (on: boolean) => `PQSupport {supportPQ = ${on ? 'True' : 'False'}}`
  assert.equal(text(record, 'conn'), shown(supportsPq(mode)))
  assert.equal(text(record, 'initial(shortLink)'), shown(showsKemKey(mode, 'short-link-data')))
  assert.equal(text(record, 'initial(noShortLink)'), shown(showsKemKey(mode, 'full-link')))
}

function checkConstants(record: VectorRecord): void {
  assert.equal(number(record, 'maxSkip'), MAX_SKIP)
  assert.equal(text(record, 'supportedE2EEncryptVRange'), formatVersionRange(E2E_VERSIONS))
  assert.equal(number(record, 'paddedHeaderLen_v2'), paddedHeaderSize(2, true))
  assert.equal(number(record, 'paddedHeaderLen_v3_PQ'), paddedHeaderSize(3, true))
  assert.equal(number(record, 'paddedHeaderLen_v3_noPQ'), paddedHeaderSize(3, false))
}

export const handlers: readonly Handler[] = [
  { name: 'constants', check: checkConstants },
  { name: 'rootKdf', check: checkRootKdf },
  { name: 'chainKdf', check: checkChainKdf },
  { name: 'KEM params', check: checkKemParams },
  { name: 'msg header', check: checkHeader },
  { name: 'InitialKeys / PQ', check: checkPqMode },
  { name: /^(?:v2|v3|upgrade|agent sizes|skip limits)(?: |$)/, check: checkConversation },
]
