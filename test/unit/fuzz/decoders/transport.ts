import { fromBase64url } from '../../../../core/codec/base64url.ts'
import { concat } from '../../../../core/codec/bytes.ts'
import { decodePrivateKey, decodePublicKey } from '../../../../core/codec/keys.ts'
import { decode } from '../../../../core/codec/reader.ts'
import { parseVersionRange } from '../../../../core/codec/version.ts'
import { boxKey, open, openPadded, seal, sealPadded } from '../../../../core/crypto/box.ts'
import { gcmOpen, gcmSeal } from '../../../../core/crypto/gcm.ts'
import { generateKeyPair } from '../../../../core/crypto/keypair.ts'
import { unpad } from '../../../../core/crypto/padding.ts'
import { blockChains, blockSplitter, openBlock, openPlainBlock, sealBlock } from '../../../../core/transport/block.ts'
import { createIdentity, createLeaf, fingerprint, fromPem } from '../../../../core/transport/certificate.ts'
import { validateChain } from '../../../../core/transport/chain.ts'
import { elements } from '../../../../core/transport/der.ts'
import {
  decodeClientHello,
  decodeServerHello,
  decodeServiceResponse,
  readChainAndKey,
} from '../../../../core/transport/hello.ts'
import { signKey, verifySignedKey } from '../../../../core/transport/signed-key.ts'
import { readTransportError } from '../../../../core/transport/transport-error.ts'
import { createWorld } from '../../../simulation/world.ts'
import { bytes, type Decoder, ofBytes, ofText, slow } from '../decoder.ts'

const env = createWorld('fuzz').host('any')
const key = env.random(32)
const nonce = env.random(24)
const iv = nonce.subarray(0, 16)
const sealed = gcmSeal(key, iv, key, nonce)
const identity = createIdentity(env, 'Ed25519')
const leaf = createLeaf(env, identity, 'host')
const sessionKey = generateKeyPair('X25519', env.random).publicKey
const sealChain = () => blockChains(nonce, key).serverToClient

export const codecAndTransport: readonly Decoder[] = [
  ofText('base64url', fromBase64url, 'AAEC', 'AAEC_-A='),
  ofBytes('public key', decodePublicKey),
  ofBytes('private key', decodePrivateKey),
  ofText('version range', parseVersionRange, '1-4', '7'),
  ofBytes('padding', unpad, Uint8Array.of(0, 2, 1, 2, 0x23, 0x23)),
  ofBytes('secret box', (input) => open(boxKey(key), nonce, input), seal(boxKey(key), nonce, key)),
  ofBytes(
    'padded secret box',
    (input) => openPadded(boxKey(key), nonce, input),
    sealPadded(boxKey(key), nonce, key, 50),
    seal(boxKey(key), nonce, Uint8Array.of(1, 2, 3)),
  ),
  ofBytes(
    'AES-GCM',
    (input) => gcmOpen(key, iv, key, { tag: input.subarray(0, 16), ciphertext: input.subarray(16) }),
    concat(sealed.tag, sealed.ciphertext),
  ),
  ofBytes('DER', elements, identity.der),
  slow(
    5,
    ofBytes(
      'certificate as leaf',
      (input) => validateChain([input, identity.der], fingerprint(identity.der), NOW),
      leaf.der,
    ),
  ),
  slow(
    5,
    ofBytes(
      'certificate as identity',
      (input) => validateChain([leaf.der, input], fingerprint(input), NOW),
      identity.der,
    ),
  ),
  ofText(
    'PEM',
    (input) => fromPem('CERTIFICATE', input),
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  ),
  slow(
    3,
    ofBytes(
      'signed key',
      (input) => verifySignedKey(input, leaf.keys.publicKey, 'X25519'),
      signKey(sessionKey, leaf.keys.privateKey),
    ),
  ),
  ofBytes('chain and key', (input) => decode(input, readChainAndKey)),
  ofBytes('server hello', decodeServerHello),
  ofBytes('client hello', decodeClientHello),
  ofBytes('service response', decodeServiceResponse),
  ofBytes('transport error', (input) => decode(input, readTransportError), bytes('HANDSHAKE PARSE')),
  ofBytes('plain block', openPlainBlock, Uint8Array.of(0, 1, 9, 0x23)),
  slow(
    3,
    ofBytes('encrypted block', (input) => openBlock(sealChain(), input), sealBlock(sealChain(), bytes('block'))),
  ),
  slow(
    3,
    ofBytes('block splitter', (input) => blockSplitter(() => {})(input), new Uint8Array(40_000)),
  ),
]

const NOW = env.clock.now()
