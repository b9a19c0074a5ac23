import assert from 'node:assert/strict'
import {
  type ConnectionRequest,
  formatConnectionRequest,
  parseConnectionRequest,
  readConnectionRequest,
  writeConnectionRequest,
} from '../../../core/agent/links/full-link.ts'
import {
  decodeFixedData,
  decodeUserData,
  encodeFixedData,
  encodeUserData,
  type OpenLinkData,
  openLinkData,
  readContactData,
  readUserBytes,
  sealFixedData,
  sealUserData,
  signLinkData,
  type UserLinkData,
  writeContactData,
  writeUserBytes,
} from '../../../core/agent/links/link-data.ts'
import { contactLinkKeys, invitationDataKey, linkKeyOf } from '../../../core/agent/links/link-keys.ts'
import { mayWrite, readOwner, signOwner, validateOwners, writeOwner } from '../../../core/agent/links/owners.ts'
import {
  formatShortLink,
  parseShortLink,
  readShortLink,
  type ShortLink,
  sameShortLink,
  writeShortLink,
} from '../../../core/agent/links/short-link.ts'
import { writeE2eLinkParams } from '../../../core/agent/ratchet/params.ts'
import { base64url } from '../../../core/codec/base64url.ts'
import { fromHex, hex } from '../../../core/codec/bytes.ts'
import { CodecError, HearthError } from '../../../core/codec/error.ts'
import {
  decodePrivateKey,
  decodePublicKey,
  encodePublicKey,
  type KeyPair,
  narrowPublicKey,
  type PrivateKey,
} from '../../../core/codec/keys.ts'
import { decode, Reader } from '../../../core/codec/reader.ts'
import { formatVersionRange, parseVersionRange } from '../../../core/codec/version.ts'
import { encode } from '../../../core/codec/writer.ts'
import { formatRouterAddress } from '../../../core/smp/address.ts'
import { senderIdOf } from '../../../core/smp/sender-id.ts'
import { bytes, flag, keyPair, object, same, text } from '../fields.ts'
import type { Context, Handler, VectorRecord } from '../handler.ts'

type Fields = Readonly<Record<string, unknown>>

function encodeRequest(request: ConnectionRequest): Uint8Array {
  return encode((w) => writeConnectionRequest(w, request))
}

/** A record has one scheme in its text, and the reader replaces it. */
function checkFullLink(record: VectorRecord): void {
  const uri = text(record, 'uri')
  const request = parseConnectionRequest(uri)
  const scheme = uri.slice(0, uri.indexOf(`/${request.mode}`))
  assert.equal(formatConnectionRequest(request, scheme), uri)
  checkRequest(request, object(record.parsed))
  same(encodeRequest(request), text(record, 'smpHex'), 'binary link')
  checkRequest(decode(bytes(record, 'smpHex'), readConnectionRequest), object(record.smpDecoded))
}

function checkRequest(request: ConnectionRequest, expected: Fields): void {
  assert.equal(request.mode, text(expected, 'mode'))
  assert.equal(formatVersionRange(request.versions), text(expected, 'agentVRange'))
  assert.equal(request.clientData ?? null, expected.clientData)
  const queues = request.queues.map(({ versions, router, senderId, dhKey, mode }) => ({
    clientVRange: formatVersionRange(versions),
    dh: base64url(encodePublicKey(dhKey)),
    queueMode: mode === undefined ? null : mode === 'messaging' ? 'QMMessaging' : 'QMContact',
    senderId: hex(senderId),
    server: formatRouterAddress(router),
  }))
  assert.deepEqual(queues, expected.queues)
  assert.equal(text(expected, 'scheme'), 'simplex:')
  assert.equal(formatConnectionRequest(request), text(expected, 'reencoded'))
  same(encodeRequest(request), text(expected, 'smpHex'), 'binary link')
  if (request.mode === 'invitation') {
    same(
      encode((w) => writeE2eLinkParams(w, request.e2e)),
      text(expected, 'e2eHex'),
      'encryption parameters',
    )
  }
}

function checkFullLinkParse(record: VectorRecord): void {
  const expected = object(record.parsed)
  if (expected.error !== undefined) {
    assert.throws(() => parseConnectionRequest(text(record, 'uri')), CodecError)
    return
  }
  checkRequest(parseConnectionRequest(text(record, 'uri')), expected)
}

const CONTACT_TYPES = { a: 'CCTContact', c: 'CCTChannel', g: 'CCTGroup', r: 'CCTRelay' } as const

function checkParsedLink(link: ShortLink, expected: Fields): void {
  assert.equal(link.type === 'i' ? 'invitation' : 'contact', text(expected, 'mode'))
  if (link.type === 'i') same(link.linkId, text(expected, 'linkId'), 'link id')
  else assert.equal(CONTACT_TYPES[link.type], text(expected, 'contactType'))
  assert.equal(link.scheme === 'simplex' ? 'SLSSimplex' : 'SLSServer', text(expected, 'scheme'))
  assert.deepEqual(link.router.hosts, expected.hosts)
  assert.equal(link.router.port, text(expected, 'port'))
  same(link.router.keyHash, text(expected, 'keyHash'), 'key hash')
  same(link.linkKey, text(expected, 'linkKey'), 'link key')
  assert.equal(formatShortLink(link), text(expected, 'reencoded'))
  same(
    encode((w) => writeShortLink(w, link)),
    text(expected, 'smpHex'),
    'binary link',
  )
}

function checkShortLink(record: VectorRecord): void {
  const link = parseShortLink(text(record, 'link'))
  checkParsedLink(link, object(record.parsed))
  assert.equal(formatShortLink(link), text(record, 'link'))
  const decoded = decode(bytes(record, 'smpHex'), readShortLink)
  assert(sameShortLink(decoded, link))
  same(decoded.router.keyHash, link.router.keyHash, 'key hash')
  same(
    encode((w) => writeShortLink(w, decoded)),
    text(record, 'smpHex'),
    'binary link',
  )
}

function checkShortLinkParse(record: VectorRecord): void {
  const expected = object(record.parsed)
  if (expected.error === undefined) checkParsedLink(parseShortLink(text(record, 'link')), expected)
  else assert.throws(() => parseShortLink(text(record, 'link')), CodecError)
}

function checkContactKdf(record: VectorRecord): void {
  const { linkId, dataKey } = contactLinkKeys(bytes(record, 'linkKey'))
  same(linkId, text(record, 'linkId'), 'link id')
  same(dataKey, text(record, 'sbKey'), 'data key')
}

function checkInvitationKdf(record: VectorRecord): void {
  same(invitationDataKey(bytes(record, 'linkKey')), text(record, 'sbKey'), 'data key')
}

function checkSenderId(record: VectorRecord): void {
  same(senderIdOf(bytes(record, 'corrId')), text(record, 'senderId'), 'sender id')
}

function checkRootKey(record: VectorRecord): void {
  keyPair(record.root, 'Ed25519')
  keyPair(record.other, 'Ed25519')
}

function rootKey(context: Context): KeyPair<'Ed25519'> {
  return keyPair(context.record('root key').root, 'Ed25519')
}

function ownerKey(record: VectorRecord): PrivateKey<'Ed25519'> {
  const key = decodePrivateKey(bytes(record, 'ownerPrivDer'))
  assert.equal(key.algorithm, 'Ed25519')
  return key as PrivateKey<'Ed25519'>
}

function ownerRecords(context: Context): VectorRecord[] {
  return context.records.filter((record) => record.name === 'OwnerAuth')
}

/** Owners are named after their ids, which are text in these records. */
function namedKey(name: string, context: Context): PrivateKey<'Ed25519'> {
  if (name === 'root') return rootKey(context).privateKey
  const owner = ownerRecords(context).find((record) => Buffer.from(bytes(record, 'id')).toString() === name)
  assert(owner !== undefined, `no owner ${name}`)
  return ownerKey(owner)
}

function checkOwner(record: VectorRecord, context: Context): void {
  const key = narrowPublicKey(decodePublicKey(bytes(record, 'ownerKeyDer')), 'Ed25519')
  const owner = signOwner(bytes(record, 'id'), key, namedKey(text(record, 'signedBy'), context))
  same(owner.signature, text(record, 'sig'), 'signature')
  same(
    encode((w) => writeOwner(w, owner)),
    text(record, 'hex'),
    'owner',
  )
  const decoded = decode(bytes(record, 'hex'), readOwner)
  same(decoded.id, owner.id, 'id')
  same(decoded.key.raw, key.raw, 'key')
  assert(mayWrite(ownerKey(record), rootKey(context).publicKey, [decoded]))
}

function checkOwners(record: VectorRecord, context: Context): void {
  assert(Array.isArray(record.owners))
  const owners = record.owners.map((owner: unknown) => decode(fromHex(String(owner)), readOwner))
  let result = 'ok'
  try {
    validateOwners(rootKey(context).publicKey, owners)
  } catch (error) {
    assert(error instanceof HearthError && error.code === 'A_LINK')
    result = `error: ${error.message}`
  }
  assert.equal(result, text(record, 'result'))
}

function checkUserBytes(record: VectorRecord): void {
  same(
    encode((w) => writeUserBytes(w, bytes(record, 'userData'))),
    text(record, 'hex'),
    'user data',
  )
  same(decode(bytes(record, 'hex'), readUserBytes), text(record, 'userData'), 'user data')
}

/** Bytes that a later version appended. */
function checkForwardCompatibility(record: VectorRecord): void {
  assert.equal(text(record, 'type'), 'UserContactData')
  const reader = new Reader(bytes(record, 'hex'))
  assert.equal(reader.attempt(readContactData) !== undefined, flag(record, 'ok'))
  assert(reader.remaining > 0, 'nothing was appended')
}

function checkLinkData(record: VectorRecord, context: Context): void {
  const linkKey = bytes(record, 'linkKey')
  const encrypted = { fixed: bytes(record, 'encFixed'), user: bytes(record, 'encUser') }
  const expected = object(record.decrypted)
  const dataKeys = [contactLinkKeys(linkKey).dataKey, invitationDataKey(linkKey)]
  const dataKey = record.sbKey === undefined ? undefined : bytes(record, 'sbKey')
  if (dataKey !== undefined) {
    checkSealing(record, dataKey, context)
    const kind = record.linkId === undefined ? 1 : 0
    same(dataKeys[kind]!, dataKey, 'data key')
    if (kind === 0) same(contactLinkKeys(linkKey).linkId, text(record, 'linkId'), 'link id')
  }
  const results = (dataKey === undefined ? dataKeys : [dataKey]).map((key) =>
    attempt(() => openLinkData(linkKey, key, encrypted)),
  )
  if (expected.error === undefined) {
    const [opened] = results
    assert(opened !== undefined && 'fixed' in opened, 'link data must open')
    checkOpened(opened, expected)
  } else {
    const failures = results.map((result) => ('code' in result ? failureName(result) : 'opened'))
    assert(failures.includes(expectedFailure(expected)), failures.join(', '))
  }
}

function attempt(open: () => OpenLinkData): OpenLinkData | HearthError {
  try {
    return open()
  } catch (error) {
    assert(error instanceof HearthError)
    return error
  }
}

function failureName(error: HearthError): string {
  return error.code === 'A_LINK' ? error.message : error.code
}

function expectedFailure(expected: Fields): string {
  const agentError = object(object(expected.error).agentErr)
  if (agentError.type === 'A_LINK') return text(agentError, 'linkErr')
  assert.equal(text(object(agentError.cryptoErr), 'type'), 'DECRYPT_CB')
  return 'box'
}

function checkSealing(record: VectorRecord, dataKey: Uint8Array, context: Context): void {
  const root = rootKey(context)
  const signedFixed = bytes(record, 'signedFixed')
  const signedUser = bytes(record, 'signedUser')
  const versions = decodeFixedData(signedFixed.subarray(65)).versions
  const fixed = encodeFixedData({
    versions,
    rootKey: root.publicKey,
    request: parseConnectionRequest(text(record, 'connReq')),
    entityId: typeof record.linkEntityId === 'string' ? bytes(record, 'linkEntityId') : undefined,
  })
  same(linkKeyOf(fixed), text(record, 'linkKey'), 'link key')
  same(signLinkData(root.privateKey, fixed), signedFixed, 'signed fixed data')

  const user = encodeUserData(userData(record, versions))
  same(user, signedUser.subarray(65), 'user data')
  const signers = [
    root.privateKey,
    keyPair(context.record('root key').other, 'Ed25519').privateKey,
    ...ownerRecords(context).map(ownerKey),
  ]
  const signatures = signers.map((key) => hex(signLinkData(key, user)))
  assert(signatures.includes(hex(signedUser)), 'signed user data')

  same(sealFixedData(dataKey, signedFixed, bytes(record, 'nonceFixed')), text(record, 'encFixed'), 'fixed data')
  same(sealUserData(dataKey, signedUser, bytes(record, 'nonceUser')), text(record, 'encUser'), 'user data')
}

function userData(record: VectorRecord, versions: UserLinkData['versions']): UserLinkData {
  if (record.userContactDataHex === undefined) return { kind: 'invitation', versions, data: bytes(record, 'userData') }
  const contact = decode(bytes(record, 'userContactDataHex'), readContactData)
  same(
    encode((w) => writeContactData(w, contact)),
    text(record, 'userContactDataHex'),
    'contact data',
  )
  return { kind: 'contact', versions, ...contact }
}

function checkOpened({ fixed, user }: OpenLinkData, expected: Fields): void {
  assert.equal(formatVersionRange(fixed.versions), text(expected, 'agentVRange'))
  same(encodePublicKey(fixed.rootKey), text(expected, 'rootKey'), 'root key')
  assert.equal(formatConnectionRequest(fixed.request), text(expected, 'connReq'))
  assert.equal(fixed.entityId === undefined ? null : hex(fixed.entityId), expected.linkEntityId)
  assert.deepEqual(user.versions, parseVersionRange(text(expected, 'dataVRange')))
  same(user.data, text(expected, 'userData'), 'user data')
  if (user.kind === 'invitation') return
  assert.equal(user.direct, flag(expected, 'direct'))
  assert.deepEqual(user.relays.map(formatShortLink), expected.relays)
  assert.deepEqual(
    user.owners.map((owner) => hex(encode((w) => writeOwner(w, owner)))),
    expected.owners,
  )
  assert.equal(decodeUserData(encodeUserData(user)).kind, 'contact')
}

export const handlers: readonly Handler[] = [
  { name: 'uri parse', check: checkFullLinkParse },
  { name: 'uri', check: checkFullLink },
  { name: 'short link parse', check: checkShortLinkParse },
  { name: 'short link', check: checkShortLink },
  { name: 'contactShortLinkKdf', check: checkContactKdf },
  { name: 'invShortLinkKdf', check: checkInvitationKdf },
  { name: 'senderId from corrId', check: checkSenderId },
  { name: 'root key', check: checkRootKey },
  { name: 'OwnerAuth', check: checkOwner },
  { name: 'validateLinkOwners', check: checkOwners },
  { name: 'UserLinkData', check: checkUserBytes },
  { name: 'forward compatibility', check: checkForwardCompatibility },
  { name: 'link data', check: checkLinkData },
]
