import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { base64url, fromBase64url } from '../../../core/codec/base64url.ts'
import { fromHex, hex } from '../../../core/codec/bytes.ts'
import { decodePrivateKey, decodePublicKey, encodePublicKey, narrowPublicKey } from '../../../core/codec/keys.ts'
import { decode, Reader } from '../../../core/codec/reader.ts'
import { formatVersionRange, parseVersionRange } from '../../../core/codec/version.ts'
import { encode } from '../../../core/codec/writer.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { boxKey, openPadded, sealPadded } from '../../../core/crypto/box.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import { type SigningAlgorithm, signatureSize } from '../../../core/crypto/sign.ts'
import { BLOCK_SIZE, blockChains, openBlock, plainBlock, sealBlock } from '../../../core/transport/block.ts'
import { fingerprint } from '../../../core/transport/certificate.ts'
import { leafKeyOf, validateChain } from '../../../core/transport/chain.ts'
import {
  decodeClientHello,
  decodeServerHello,
  decodeServiceResponse,
  encodeClientHello,
  encodeServerHello,
  encodeServiceResponse,
  readChainAndKey,
  SMP_VERSIONS,
  writeChainAndKey,
} from '../../../core/transport/hello.ts'
import { verifySignedKey } from '../../../core/transport/signed-key.ts'
import { readTransportError, writeTransportError } from '../../../core/transport/transport-error.ts'
import type { Handler, VectorRecord } from '../handler.ts'
import { byteStrings, stringLiterals } from '../haskell.ts'

interface KeyTexts {
  readonly privDer: string
  readonly privRaw: string
  readonly pubDer: string
  readonly pubRaw: string
}
interface Step {
  readonly key: string
  readonly nonce: string
}

function text(record: VectorRecord, field: string): string {
  const value = record[field]
  assert.equal(typeof value, 'string', `${field} is missing`)
  return value as string
}

function bytes(record: VectorRecord, field: string): Uint8Array {
  return fromHex(text(record, field))
}

function x25519Pair(keys: KeyTexts) {
  const privateKey = decodePrivateKey(fromHex(keys.privDer))
  assert(privateKey.algorithm === 'X25519')
  const own = { algorithm: 'X25519', raw: privateKey.raw } as const
  const publicKey = narrowPublicKey(decodePublicKey(fromHex(keys.pubDer)), 'X25519')
  assert.equal(hex(own.raw), keys.privRaw)
  assert.equal(hex(publicKey.raw), keys.pubRaw)
  assert.equal(hex(encodePublicKey(publicKeyOf(own))), keys.pubDer)
  return { privateKey: own, publicKey }
}

function keys(record: VectorRecord): void {
  const client = x25519Pair(record.client as KeyTexts)
  const server = x25519Pair(record.server as KeyTexts)
  assert.equal(hex(agree(client.privateKey, server.publicKey)), record.dhSecret)
  assert.equal(hex(agree(server.privateKey, client.publicKey)), record.dhSecret)
}

function fixture(record: VectorRecord): void {
  const chain = record.chain as readonly { der: string; sha256: string }[]
  for (const { der, sha256 } of chain) assert.equal(hex(fingerprint(fromHex(der))), sha256)
  const ders = chain.map(({ der }) => fromHex(der))
  const keyHash = fromBase64url(text(record, 'keyHashStr'))
  assert.equal(base64url(fingerprint(ders[1]!)), record.keyHashStr)
  if (record.keyHash !== undefined) assert.equal(hex(keyHash), record.keyHash)
  if (record.address !== undefined) assert(text(record, 'address').startsWith(`smp://${record.keyHashStr}@`))
  const leaf = validateChain(ders, keyHash, Date.now())
  assert(record.name.endsWith(leaf.algorithm))
}

function checkSignedKey(chain: readonly Uint8Array[], signedKey: Uint8Array): void {
  const leaf = leafKeyOf(chain[0]!)
  const root = new X509Certificate(chain.at(-1)!)
  assert(root.verify(root.publicKey), 'the last certificate is signed by itself')
  // A service may show a single certificate; routers never do.
  if (chain.length > 1) assert.deepEqual(validateChain(chain, fingerprint(chain[1]!), Date.now()), leaf)
  const algorithm: SigningAlgorithm = leaf.algorithm
  assert.equal(signedKey.length, signatureSize(algorithm) === 64 ? 122 : 173)
  assert.notEqual(verifySignedKey(signedKey, leaf, 'X25519'), undefined)
  const broken = signedKey.slice()
  broken[broken.length - 10]! ^= 1
  assert.equal(verifySignedKey(broken, leaf, 'X25519'), undefined)
}

function chainAndKey(record: VectorRecord): void {
  const value = decode(bytes(record, 'hex'), readChainAndKey)
  assert.equal(hex(encode((writer) => writeChainAndKey(writer, value))), record.hex)
  if (record.signedKeyDer !== undefined) assert.equal(hex(value.signedKey), record.signedKeyDer)
  checkSignedKey(value.chain, value.signedKey)
}

function serverHello(record: VectorRecord): void {
  const expected = record.parsedBack as { hasAuthKey: boolean; sessionId: string; versionRange: string }
  const hello = decodeServerHello(bytes(record, 'hex'))
  assert.equal(formatVersionRange(hello.versions), expected.versionRange)
  assert.equal(hex(hello.sessionId), expected.sessionId)
  assert.equal(hello.auth !== undefined, expected.hasAuthKey)
  assert.equal(expected.hasAuthKey, record.hasAuthKey === true && hello.versions.max >= 7)
  if (hello.auth !== undefined) checkSignedKey(hello.auth.chain, hello.auth.signedKey)
  const encoded = encodeServerHello({
    versions: parseVersionRange(text(record, 'versionRange')),
    sessionId: bytes(record, 'sessionId'),
    auth: hello.auth,
  })
  assert.equal(hex(encoded), record.hex)
  const block = plainBlock(encoded)
  assert.equal(block.length, BLOCK_SIZE)
  assert(hex(block).startsWith(text(record, 'blockPrefix')))
  assert(hex(block).endsWith(text(record, 'blockSuffix')))
}

function clientHello(record: VectorRecord): void {
  const hello = decodeClientHello(bytes(record, 'hex'))
  assert.equal(hello.version, record.version)
  assert.equal(hex(hello.keyHash), record.keyHash)
  assert.equal(hello.proxyServer, record.proxyServer)
  assert.equal(hello.service !== undefined, record.service)
  // The reference's records sign an X25519 key here, where a service would send an Ed25519 key.
  if (hello.service !== undefined) checkSignedKey(hello.service.chain, hello.service.signedKey)
  const key = record.authPubKey as string | null
  const { version } = hello
  if (version >= 7) {
    const found = hello.key === undefined ? null : hex(encode((writer) => writer.short(encodePublicKey(hello.key!))))
    assert.equal(found, key)
  }
  assert.equal(hex(encodeClientHello(hello)), record.hex)
  const parts = byteStrings({ keyHash: hello.keyHash, key: hello.key?.raw })
  for (const part of stringLiterals(text(record, 'parsedBack'))) assert(parts.has(hex(part)), `shown part ${hex(part)}`)
}

function serviceResponse(record: VectorRecord): void {
  const response = decodeServiceResponse(bytes(record, 'hex'))
  assert.equal('error' in response, record.name.endsWith('error'))
  assert.equal(hex(encodeServiceResponse(response)), record.hex)
}

function chainKeys(record: VectorRecord): void {
  const chains = blockChains(bytes(record, 'sessionId'), bytes(record, 'dhSecret'))
  for (const [steps, chain] of [
    [record.serverSndSteps as Step[], chains.serverToClient],
    [record.clientSndSteps as Step[], chains.clientToServer],
  ] as const) {
    for (const step of steps) {
      const { key, nonce } = chain.next()
      assert.deepEqual({ key: hex(key), nonce: hex(nonce) }, step)
    }
  }
}

function encryptedBlock(record: VectorRecord): void {
  const step = { key: bytes(record, 'key'), nonce: bytes(record, 'nonce') }
  const chain = { next: () => step }
  const block = sealBlock(chain, bytes(record, 'content'))
  assert.equal(block.length, record.blockLen)
  assert.equal(hex(block), record.blockHex)
  assert.equal(hex(openBlock(chain, bytes(record, 'blockHex'))), record.content)
  assert.equal(hex(sealPadded(boxKey(step.key), step.nonce, bytes(record, 'content'), 16_368)), record.blockHex)
  assert.equal(hex(openPadded(boxKey(step.key), step.nonce, bytes(record, 'blockHex'))), record.content)
}

function transportError(record: VectorRecord): void {
  const error = decode(bytes(record, 'hex'), readTransportError)
  assert.equal(error, record.ascii)
  assert.equal(hex(encode((writer) => writeTransportError(writer, error))), record.hex)
  assert.equal(new Reader(bytes(record, 'hex')).remaining, error.length)
}

function constants(record: VectorRecord): void {
  assert.equal(record.smpBlockSize, BLOCK_SIZE)
  assert.equal(record.supportedClientSMPRelayVRange, formatVersionRange(SMP_VERSIONS))
  assert.equal(record.supportedServerSMPRelayVRange, formatVersionRange(SMP_VERSIONS))
}

export const handlers: readonly Handler[] = [
  { name: 'keys', check: keys },
  { name: 'fixture', check: fixture },
  { name: 'CertChainPubKey', check: chainAndKey },
  { name: /^server handshake (response|error)$/, check: serviceResponse },
  { name: 'server handshake', check: serverHello },
  { name: 'client handshake', check: clientHello },
  { name: 'block chain keys', check: chainKeys },
  { name: 'encrypted block', check: encryptedBlock },
  { name: 'TransportError', check: transportError },
  { name: 'constants', check: constants },
]
