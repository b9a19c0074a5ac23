import assert from 'node:assert/strict'
import { decodeAgentEnvelope, encodeAgentEnvelope } from '../../../core/agent/envelope.ts'
import { AGENT_VERSIONS } from '../../../core/agent/links/full-link.ts'
import {
  CLIENT_VERSIONS,
  formatQueueUri,
  parseQueueUri,
  type QueueInfo,
  type QueueMode,
  type QueueUri,
  readQueueAddress,
  readQueueInfo,
  readQueueUri,
  writeQueueAddress,
  writeQueueInfo,
  writeQueueUri,
} from '../../../core/agent/links/queue-address.ts'
import {
  type AgentMessage,
  type AMessage,
  decodeAgentMessage,
  decodeAMessage,
  encodeAgentMessage,
  encodeAMessage,
  formatIntegrity,
  type Integrity,
  messageHash,
  readReceipt,
  writeReceipt,
} from '../../../core/agent/message.ts'
import { readE2eParams, writeE2eParams } from '../../../core/agent/ratchet/params.ts'
import { confirmationSize, messageSize } from '../../../core/agent/sizes.ts'
import { hex, latin1 } from '../../../core/codec/bytes.ts'
import { decodePublicKey, narrowPublicKey } from '../../../core/codec/keys.ts'
import { decode } from '../../../core/codec/reader.ts'
import { formatVersionRange, parseVersionRange } from '../../../core/codec/version.ts'
import { encode } from '../../../core/codec/writer.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { BOX_OVERHEAD, boxKey } from '../../../core/crypto/box.ts'
import { formatRouterAddress, parseRouterAddress } from '../../../core/smp/address.ts'
import { maxMessageSize } from '../../../core/smp/commands.ts'
import {
  CONFIRMATION_PADDING,
  decodeClientMessage,
  decodeEnvelope,
  encodeClientMessage,
  MESSAGE_PADDING,
  openEnvelope,
  readPrivateHeader,
  readPublicHeader,
  sealEnvelope,
  writePrivateHeader,
  writePublicHeader,
} from '../../../core/smp/envelope.ts'
import { sealProxied } from '../../../core/smp/proxy.ts'
import { bytes, keyPair, number, object, same, text } from '../fields.ts'
import type { Context, Handler, VectorRecord } from '../handler.ts'

function checkConstants(record: VectorRecord): void {
  assert.equal(text(record, 'supportedSMPAgentVRange'), formatVersionRange(AGENT_VERSIONS))
  assert.equal(text(record, 'supportedSMPClientVRange'), formatVersionRange(CLIENT_VERSIONS))
  assert.equal(number(record, 'e2eEncConfirmationLength'), CONFIRMATION_PADDING)
  assert.equal(number(record, 'e2eEncMessageLength'), MESSAGE_PADDING)
  const limits = Object.entries(object(record.maxMessageLength))
  for (const [version, limit] of limits) assert.equal(maxMessageSize(Number(version.slice(1))), limit)
  const proxied = sealProxied(new Uint8Array(32), new Uint8Array(24), new Uint8Array(0))
  assert.equal(proxied.length - BOX_OVERHEAD, number(record, 'paddedProxiedTLength'))
  assert.deepEqual(record.e2eEncConnInfoLength, { pqOn: confirmationSize(true), pqOff: confirmationSize(false) })
  assert.deepEqual(record.e2eEncAgentMsgLength, { pqOn: messageSize(true), pqOff: messageSize(false) })
}

function checkKeys(record: VectorRecord): void {
  keyPair(record.queueE2eDh, 'X25519')
  keyPair(record.senderE2eDh, 'X25519')
  keyPair(record.senderAuth, 'Ed25519', 'Ed448')
  for (const [version, name] of [
    [2, 'rcvE2eParamsV2'],
    [3, 'rcvE2eParamsV3'],
  ] as const) {
    const params = decode(bytes(record, name), readE2eParams)
    assert.equal(params.version, version)
    same(
      encode((w) => writeE2eParams(w, params)),
      text(record, name),
      name,
    )
  }
}

function checkEnvelope(record: VectorRecord, context: Context): void {
  const encoded = bytes(record, 'hex')
  const envelope = decodeAgentEnvelope(encoded)
  same(encodeAgentEnvelope(envelope), encoded, 'envelope')
  const [, kind] = record.name.split(' ')
  const named = /AgentConfirmation v(\d+)(?: e2e v(\d))?/.exec(record.name)
  switch (kind) {
    case 'AgentConfirmation': {
      assert(envelope.type === 'confirmation')
      assert.equal(envelope.version, Number(named![1]))
      assert.equal(envelope.e2e === undefined, record.name.includes('no e2e'))
      if (named?.[2] !== undefined) assert.equal(envelope.e2e?.version, Number(named[2]))
      assert.equal(envelope.e2e?.kem?.kind, record.name.includes('KEM accepted') ? 'accepted' : undefined)
      break
    }
    case 'AgentMsgEnvelope':
      assert.equal(envelope.type, 'message')
      break
    case 'AgentInvitation':
      assert.equal(envelope.type, 'invitation')
      break
    default: {
      assert.equal(kind, 'AgentRatchetKey')
      assert(envelope.type === 'ratchetKey')
      const name = `rcvE2eParamsV${envelope.e2e.version}`
      same(
        encode((w) => writeE2eParams(w, envelope.e2e)),
        text(context.record('keys'), name),
        name,
      )
    }
  }
}

/** The reference's message types as it stores them. */
const STORED_TYPE: Readonly<Record<Exclude<AgentMessage['type'], 'message'>, string>> = {
  connInfo: 'C',
  connInfoReply: 'D',
  ratchetInfo: 'S',
}

/** Our names of what a record's name says after `AgentMessage` or `AMessage`. */
function contentType(name: string): AMessage['type'] {
  const type = (['HELLO', 'A_MSG', 'A_RCVD', 'A_QCONT', 'QADD', 'QKEY', 'QUSE', 'QTEST', 'EREADY'] as const).find(
    (word) => name.split(' ').includes(word),
  )
  assert(type !== undefined, 'unknown content')
  return type
}

const MESSAGE_NAMES: Readonly<Record<string, AgentMessage['type']>> = {
  AgentConnInfo: 'connInfo',
  AgentConnInfoReply: 'connInfoReply',
  AgentRatchetInfo: 'ratchetInfo',
  AgentMessage: 'message',
}

function checkMessage(record: VectorRecord): void {
  const encoded = bytes(record, 'hex')
  const message = decodeAgentMessage(encoded)
  same(encodeAgentMessage(message), encoded, 'message')
  same(messageHash(encoded), text(record, 'sha256'), 'hash')
  assert.equal(message.type, MESSAGE_NAMES[record.name.split(' ')[1]!])
  if (message.type !== 'message') {
    same(latin1(STORED_TYPE[message.type]), text(record, 'type'), 'type')
    return
  }
  assert.equal(message.message.type, contentType(record.name))
  const content = hex(encodeAMessage(message.message))
  assert(content.startsWith(text(record, 'type')), 'type')
  assert(hex(encoded).endsWith(content))
}

function checkContent(record: VectorRecord): void {
  const message = decodeAMessage(bytes(record, 'hex'))
  assert.equal(message.type, contentType(record.name))
  same(encodeAMessage(message), text(record, 'hex'), 'content')
}

function checkReceipt(record: VectorRecord): void {
  const receipt = decode(bytes(record, 'hex'), readReceipt)
  same(
    encode((w) => writeReceipt(w, receipt)),
    text(record, 'hex'),
    'receipt',
  )
}

function checkQueueAddress(record: VectorRecord): void {
  const address = decode(bytes(record, 'hex'), readQueueAddress)
  same(
    encode((w) => writeQueueAddress(w, address)),
    text(record, 'hex'),
    'queue address',
  )
}

function queueMode(name: string): QueueMode | undefined {
  assert(name === 'messaging' || name === 'contact' || name === 'none', 'unknown mode')
  return name === 'none' ? undefined : name
}

function shownMode(mode: QueueMode | undefined): string {
  if (mode === undefined) return 'Nothing'
  return mode === 'messaging' ? 'Just QMMessaging' : 'Just QMContact'
}

function checkQueueInfo(record: VectorRecord): void {
  const queue: QueueInfo = {
    version: number(record, 'clientVersion'),
    router: parseRouterAddress(text(record, 'server')),
    senderId: bytes(record, 'senderId'),
    dhKey: narrowPublicKey(decodePublicKey(bytes(record, 'dhPublicKey')), 'X25519'),
    mode: queueMode(text(record, 'queueMode')),
  }
  same(
    encode((w) => writeQueueInfo(w, queue)),
    text(record, 'hex'),
    'queue',
  )
  const decoded = decode(bytes(record, 'hex'), readQueueInfo)
  assert.equal(formatRouterAddress(decoded.router), text(record, 'decodedServer'))
  assert.equal(shownMode(decoded.mode), text(record, 'decodedMode'))
  assert.equal(decoded.version, queue.version)
  same(decoded.senderId, queue.senderId, 'sender id')
  same(decoded.dhKey.raw, queue.dhKey.raw, 'key')
}

function checkQueueUri(record: VectorRecord): void {
  const parsed = parseQueueUri(text(record, 'str'))
  const shown = [formatVersionRange(parsed.versions), formatRouterAddress(parsed.router), shownMode(parsed.mode)]
  assert.equal(shown.join(' '), text(record, 'strDecoded'))
  const decoded = decode(bytes(record, 'hex'), readQueueUri)
  same(decoded.senderId, parsed.senderId, 'sender id')
  same(decoded.dhKey.raw, parsed.dhKey.raw, 'key')
  const queue: QueueUri = {
    versions: parseVersionRange(text(record, 'versionRange')),
    router: parseRouterAddress(text(record, 'server')),
    senderId: decoded.senderId,
    dhKey: decoded.dhKey,
    mode: queueMode(text(record, 'queueMode')),
  }
  assert.deepEqual(decoded.versions, queue.versions)
  assert.equal(formatQueueUri(queue), text(record, 'str'))
  same(
    encode((w) => writeQueueUri(w, queue)),
    text(record, 'hex'),
    'queue',
  )
  same(
    encode((w) => writeQueueUri(w, decoded)),
    text(record, 'hex'),
    'queue, again',
  )
}

function checkClientEnvelope(record: VectorRecord): void {
  const confirmation = record.name.endsWith('confirmation')
  const sender = keyPair(record.sndE2eKey, 'X25519')
  const recipient = keyPair(record.rcvE2eKey, 'X25519')
  const secret = boxKey(agree(sender.privateKey, recipient.publicKey))
  const body = bytes(record, 'sendBody')
  const envelope = decodeEnvelope(body)
  same(envelope.nonce, text(record, 'nonce'), 'nonce')
  assert.equal(envelope.header.key === undefined, !confirmation)
  if (envelope.header.key !== undefined) same(envelope.header.key.raw, sender.publicKey.raw, 'key')
  const opened = openEnvelope(boxKey(agree(recipient.privateKey, sender.publicKey)), envelope)
  same(encodeClientMessage(opened), text(record, 'clientMessage'), 'client message')
  const message = decodeClientMessage(bytes(record, 'clientMessage'))
  const padding = confirmation ? CONFIRMATION_PADDING : MESSAGE_PADDING
  same(sealEnvelope(secret, envelope.header, envelope.nonce, message, padding), body, 'body')
}

function checkPublicHeader(record: VectorRecord): void {
  for (const name of ['withKey', 'withoutKey']) {
    const header = decode(bytes(record, name), readPublicHeader)
    assert.equal(header.key !== undefined, name === 'withKey')
    same(
      encode((w) => writePublicHeader(w, header)),
      text(record, name),
      name,
    )
  }
}

function checkPrivateHeader(record: VectorRecord): void {
  for (const name of ['confirmation', 'empty']) {
    const key = decode(bytes(record, name), readPrivateHeader)
    assert.equal(key !== undefined, name === 'confirmation')
    same(
      encode((w) => writePrivateHeader(w, key)),
      text(record, name),
      name,
    )
  }
}

function checkIntegrity(record: VectorRecord): void {
  const shown = text(record, 'str')
  const [, kind, from, to] = shown.split(' ')
  const kinds: Readonly<Record<string, Integrity>> = {
    NO_ID: { type: 'skipped', from: Number(from), to: Number(to) },
    ID: { type: 'badNumber', number: Number(from) },
    HASH: { type: 'badHash' },
    DUPLICATE: { type: 'duplicate' },
  }
  const integrity = kind === undefined ? ({ type: 'ok' } as const) : kinds[kind]
  assert(integrity !== undefined, 'unknown integrity')
  assert.equal(formatIntegrity(integrity), shown)
}

export const handlers: readonly Handler[] = [
  { name: 'constants', check: checkConstants },
  { name: 'keys', check: checkKeys },
  { name: 'envelope', check: checkEnvelope },
  { name: 'message', check: checkMessage },
  { name: 'AMessage', check: checkContent },
  { name: 'AMessageReceipt', check: checkReceipt },
  { name: 'SndQAddr', check: checkQueueAddress },
  { name: 'SMPQueueInfo', check: checkQueueInfo },
  { name: 'SMPQueueUri', check: checkQueueUri },
  { name: 'ClientMsgEnvelope', check: checkClientEnvelope },
  { name: 'PubHeader', check: checkPublicHeader },
  { name: 'PrivHeader', check: checkPrivateHeader },
  { name: 'MsgIntegrity', check: checkIntegrity },
]
