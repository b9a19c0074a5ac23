import assert from 'node:assert/strict'
import { concat, fromLatin1, hex, reverse } from '../../../core/codec/bytes.ts'
import type { PrivateKey } from '../../../core/codec/keys.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { boxKey, toNonce } from '../../../core/crypto/box.ts'
import { algorithmOfAuthenticator, verifyAuthorisation } from '../../../core/smp/authorise.ts'
import {
  decodeNotificationMeta,
  decodeReceivedBody,
  encodeNotificationMeta,
  encodeReceivedBody,
  openNotificationMeta,
  openReceivedBody,
  sealNotificationMeta,
  sealReceivedBody,
} from '../../../core/smp/body.ts'
import { type AuthAlgorithm, type Command, decodeCommand, encodeCommand } from '../../../core/smp/commands.ts'
import { checkCommandCredentials } from '../../../core/smp/credentials.ts'
import { decodeMessage, encodeMessage } from '../../../core/smp/messages.ts'
import {
  decodeForwarded,
  encodeForwarded,
  openForwarded,
  openProxied,
  sealForwarded,
  sealProxied,
} from '../../../core/smp/proxy.ts'
import {
  coveredBytes,
  decodeTransmission,
  encodeCommandFrame,
  encodeMessageFrame,
  packBlocks,
  receiveCommand,
  receiveMessage,
  splitBlock,
} from '../../../core/smp/transmission.ts'
import { bytes, flag, keyPair, number, object, same, text } from '../fields.ts'
import type { Context, Handler, VectorRecord } from '../handler.ts'
import { byteStrings, stringLiterals } from '../haskell.ts'

function keysOf(context: Context) {
  const keys = context.record('keys')
  return {
    ed25519: keyPair(keys.ed25519, 'Ed25519'),
    ed448: keyPair(keys.ed448, 'Ed448'),
    router: keyPair(keys.serverX25519, 'X25519'),
    x25519: [keyPair(keys.x25519_1, 'X25519'), keyPair(keys.x25519_2, 'X25519')] as const,
  }
}

/** Encodings by version, oldest first. */
function encodings(record: VectorRecord): { version: number; encoded: Uint8Array }[] {
  const byVersion = object(record.hexByVersion)
  return Object.keys(byVersion)
    .map((name) => ({ version: Number(name.slice(1)), encoded: bytes(byVersion, name) }))
    .sort((a, b) => a.version - b.version)
}

function command(version: number, encoded: Uint8Array): Command {
  const decoded = decodeCommand(version, encoded)
  assert(typeof decoded !== 'string', `${decoded}`)
  return decoded
}

/** The printed value and the decoded one hold the same texts and byte strings. */
function sameParts(shown: string, decoded: unknown): void {
  const parts = byteStrings(decoded)
  for (const literal of stringLiterals(shown))
    assert(parts.has(hex(literal)), `${hex(literal)} is not in what we decoded`)
}

/** Old versions say less: every encoding repeats itself, and the newest value gives all of them. */
function checkCommand(record: VectorRecord): void {
  const all = encodings(record)
  const newest = all.at(-1)!
  const value = command(newest.version, newest.encoded)
  for (const { version, encoded } of all) {
    same(encodeCommand(version, command(version, encoded)), encoded, `version ${version} repeated`)
    same(encodeCommand(version, value), encoded, `version ${version} from the newest`)
    if ('SEND RFWD PFWD'.includes(value.type)) continue
    assert.equal(decodeCommand(version, concat(encoded, Uint8Array.of(0x20))), 'SYNTAX')
  }
  assert(new RegExp(`\\b${value.type}\\b`).test(text(record, 'show')))
  sameParts(text(record, 'show'), value)
}

function checkMessage(record: VectorRecord): void {
  const all = encodings(record)
  const newest = all.at(-1)!
  const value = decodeMessage(newest.version, newest.encoded)
  for (const { version, encoded } of all) {
    same(encodeMessage(version, decodeMessage(version, encoded)), encoded, `version ${version} repeated`)
    same(encodeMessage(version, value), encoded, `version ${version} from the newest`)
  }
  assert(text(record, 'show').startsWith(value.type))
  if (value.type === 'PKEY') sameParts(text(record, 'show').replace(/CertChainPubKey.*/s, ''), value)
  else if (value.type !== 'INFO') sameParts(text(record, 'show'), value)
}

function checkParsed(record: VectorRecord): void {
  const encoded = bytes(record, 'hex')
  const version = number(record, 'version')
  assert.equal(fromLatin1(encoded), text(record, 'ascii'))
  const result = object(record.result)
  const decoded = decodeCommand(version, encoded)
  if (result.error !== undefined) {
    assert.equal(`CMD ${decoded}`, result.error)
    return
  }
  assert(typeof decoded !== 'string')
  same(encodeCommand(version, decoded), text(result, 'reencoded'), 'encoded again')
  assert(new RegExp(`\\b${decoded.type}\\b`).test(text(result, 'ok')))
  sameParts(text(result, 'ok'), decoded)
}

function checkCredentials(record: VectorRecord, context: Context): void {
  const newest = encodings(context.record(`command ${text(record, 'command')}`)).at(-1)!
  const { type } = command(newest.version, newest.encoded)
  const refusal = checkCommandCredentials(type, flag(record, 'auth'), flag(record, 'entity'))
  assert.equal(refusal === undefined ? 'OK' : `CMD ${refusal}`, record.result)
}

function checkTransmission(record: VectorRecord, context: Context): void {
  const keys = keysOf(context)
  const version = number(record, 'version')
  const sessionId = bytes(record, 'sessionId')
  const session = { version, sessionId, peerKey: keys.router.publicKey }
  const [corrId, entityId] = [bytes(record, 'corrId'), bytes(record, 'entityId')]
  const sent = command(version, bytes(record, 'commandHex'))
  assert.equal(sent.type, text(record, 'command'))

  const pair = { none: undefined, ed25519: keys.ed25519, ed448: keys.ed448, x25519: keys.x25519[0] }[
    text(record, 'authKey')
  ]
  assert(pair !== undefined || record.authKey === 'none', 'unknown kind of key')
  const frame = encodeCommandFrame(session, corrId, entityId, sent, pair?.privateKey)
  same(frame, text(record, 'tEncodeBatch1'), 'block')
  same(frame.subarray(3), text(record, 'tEncode'), 'transmission')

  const [transmission] = splitBlock(bytes(record, 'tEncodeBatch1'))
  const received = decodeTransmission(version, transmission!)
  same(received.corrId, corrId, 'correlation id')
  same(received.entityId, entityId, 'entity id')
  same(received.content, text(record, 'commandHex'), 'command')
  same(coveredBytes(session, received), text(record, 'tForAuth'), 'covered bytes')
  const transmitted = version < 7 ? coveredBytes(session, received) : received.transmitted
  same(transmitted, text(record, 'tToSend'), 'transmitted')
  same(transmission!.subarray(0, -transmitted.length), text(record, 'authField'), 'authenticator and service field')
  const { authenticator } = received
  if (pair !== undefined) {
    const verified = (covered: Uint8Array) =>
      verifyAuthorisation(pair.publicKey, authenticator, covered, corrId, keys.router.privateKey)
    assert(verified(coveredBytes(session, received)))
    assert(!verified(concat(coveredBytes(session, received), Uint8Array.of(0))))
  }
  const whole = receiveCommand(session, transmission!)
  const refusal = checkCommandCredentials(sent.type, pair !== undefined, entityId.length > 0)
  if (refusal === undefined) assert.deepEqual(whole.error === undefined && whole.command, sent)
  else assert.deepEqual(whole.error, { type: 'CMD', error: refusal })
}

/** The session id is not in the batches of later versions: it is the one of the single transmissions beside them. */
function sessionIdOf(context: Context): Uint8Array {
  return bytes(context.record('transmission'), 'sessionId')
}

function checkBatch(record: VectorRecord, context: Context): void {
  const keys = keysOf(context)
  const session = {
    version: number(record, 'version'),
    sessionId: sessionIdOf(context),
    peerKey: keys.router.publicKey,
  }
  const transmissions = splitBlock(bytes(record, 'contentHex'))
  assert.equal(transmissions.length, number(record, 'count'))
  const pairs = [keys.ed25519, keys.ed448, keys.x25519[0]] as const
  const frames = transmissions.map((transmission) => {
    const received = receiveCommand(session, transmission)
    assert(received.error === undefined)
    const { authenticator } = received.transmission
    const algorithm = algorithmOfAuthenticator(authenticator.length)
    const pair = pairs.find(({ publicKey }) => publicKey.algorithm === algorithm)
    assert(pair !== undefined || authenticator.length === 0)
    if (pair !== undefined) {
      const covered = coveredBytes(session, received.transmission)
      assert(verifyAuthorisation(pair.publicKey, authenticator, covered, received.corrId, keys.router.privateKey))
    }
    const key: PrivateKey<AuthAlgorithm> | undefined = pair?.privateKey
    return encodeCommandFrame(session, received.corrId, received.entityId, received.command, key)
  })
  const blocks = packBlocks(frames)
  assert.equal(blocks.length, 1)
  same(blocks[0]!, text(record, 'contentHex'), 'block')
}

function checkResponse(record: VectorRecord): void {
  const version = number(record, 'version')
  const [transmission] = splitBlock(bytes(record, 'tEncodeBatch1'))
  same(transmission!, `00${text(record, 'hex')}`, 'transmission')
  const sessionId = decodeTransmission(version, transmission!).sessionId ?? new Uint8Array(0)
  const received = receiveMessage({ version, sessionId }, transmission!)
  assert(!(received.message instanceof Error))
  const { message } = received
  assert.equal(message.type === 'ERR' ? `ERR ${message.error.type}` : message.type, text(record, 'message'))
  const frame = encodeMessageFrame({ version, sessionId }, received.corrId, received.entityId, message)
  same(frame, text(record, 'tEncodeBatch1'), 'block')
}

/** Secrets between the router's key and the recipient's keys of the file; a record says which by opening. */
function openWith<T>(context: Context, open: (secret: Uint8Array) => T): { opened: T; secret: Uint8Array } {
  const { router, x25519 } = keysOf(context)
  const failures: unknown[] = []
  for (const { privateKey } of x25519) {
    const secret = boxKey(agree(privateKey, router.publicKey))
    try {
      return { opened: open(secret), secret }
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, 'no key of the file opens it')
}

function checkReceivedBody(record: VectorRecord, context: Context): void {
  const body = decodeReceivedBody(bytes(record, 'encoded'))
  assert.equal(body.type, text(record, 'kind'))
  same(encodeReceivedBody(body), text(record, 'encoded'), 'encoded again')
  const msgId = bytes(record, 'msgId')
  const encrypted = bytes(record, 'encrypted')
  assert.equal(encrypted.length, number(record, 'encryptedLen'))
  const { opened, secret } = openWith(context, (key) => openReceivedBody(key, msgId, encrypted))
  assert.deepEqual(opened, body)
  same(sealReceivedBody(secret, msgId, body), encrypted, 'sealed')
}

/** The nonce is not in the record: it is the message id inside. */
function checkNotificationMeta(record: VectorRecord, context: Context): void {
  const meta = decodeNotificationMeta(bytes(record, 'hex'))
  same(encodeNotificationMeta(meta), text(record, 'hex'), 'encoded again')
  const nonce = toNonce(meta.msgId)
  const { opened, secret } = openWith(context, (key) => openNotificationMeta(key, nonce, bytes(record, 'encrypted')))
  assert.deepEqual(opened, meta)
  same(sealNotificationMeta(secret, nonce, meta), text(record, 'encrypted'), 'sealed')
}

function checkProxied(record: VectorRecord): void {
  const [commandKey, relayKey] = [keyPair(record.cmdKey, 'X25519'), keyPair(record.relayKey, 'X25519')]
  const corrId = bytes(record, 'corrId')
  const secret = boxKey(agree(commandKey.privateKey, relayKey.publicKey))
  const inner = bytes(record, 'innerBatch')
  assert.equal(splitBlock(inner).length, 1)
  same(sealProxied(secret, corrId, inner), text(record, 'encTransmission'), 'inner layer')
  same(openProxied(secret, corrId, bytes(record, 'encTransmission')), inner, 'inner layer opened')

  const sent = command(18, bytes(record, 'pfwdCommand'))
  assert(sent.type === 'PFWD')
  same(sent.key.raw, commandKey.publicKey.raw, 'key')
  same(sent.transmission, text(record, 'encTransmission'), 'transmission')
  same(encodeCommand(18, sent), text(record, 'pfwdCommand'), 'PFWD')

  const forwarded = { corrId, version: sent.version, key: sent.key, transmission: sent.transmission }
  same(encodeForwarded(forwarded), text(record, 'fwdTransmission'), 'forwarded')
  assert.deepEqual(decodeForwarded(bytes(record, 'fwdTransmission')), forwarded)
  const [proxySecret, nonce] = [boxKey(bytes(record, 'proxySecretDh')), bytes(record, 'proxyNonce')]
  same(sealForwarded(proxySecret, nonce, forwarded), text(record, 'encFwdTransmission'), 'outer layer')
  assert.deepEqual(openForwarded(proxySecret, nonce, bytes(record, 'encFwdTransmission')), forwarded)
  assert([corrId, nonce].some((id) => hex(reverse(toNonce(id))) === text(record, 'reverseNonce')))
}

export const handlers: Handler[] = [
  { name: 'keys', check: (_, context) => void keysOf(context) },
  { name: 'command', check: checkCommand },
  { name: 'broker', check: checkMessage },
  { name: 'parse command', check: checkParsed },
  { name: 'checkCredentials', check: checkCredentials },
  { name: 'transmission', check: checkTransmission },
  { name: 'batch', check: checkBatch },
  { name: 'response transmission', check: checkResponse },
  { name: 'RcvMsgBody', check: checkReceivedBody },
  { name: 'NMsgMeta', check: checkNotificationMeta },
  { name: 'proxy PFWD/RFWD', check: checkProxied },
]
