import { decodeAgentEnvelope } from '../../../../core/agent/envelope.ts'
import {
  type ConnectionRequest,
  parseConnectionRequest,
  readConnectionRequest,
} from '../../../../core/agent/links/full-link.ts'
import {
  decodeFixedData,
  decodeUserData,
  encodeFixedData,
  encodeUserData,
  openLinkData,
  sealFixedData,
  signLinkData,
} from '../../../../core/agent/links/link-data.ts'
import { linkKeyOf } from '../../../../core/agent/links/link-keys.ts'
import { readOwner } from '../../../../core/agent/links/owners.ts'
import { parseLink } from '../../../../core/agent/links/parse-link.ts'
import {
  parseQueueUri,
  readQueueAddress,
  readQueueInfo,
  readQueueUri,
} from '../../../../core/agent/links/queue-address.ts'
import { parseShortLink, readShortLink } from '../../../../core/agent/links/short-link.ts'
import { decodeAgentMessage, decodeAMessage, readReceipt } from '../../../../core/agent/message.ts'
import { ratchetDecrypt } from '../../../../core/agent/ratchet/decrypt.ts'
import { encryptBody, ratchetStep } from '../../../../core/agent/ratchet/encrypt.ts'
import { decodeEncryptedHeader, decodeHeader, decodeMessage } from '../../../../core/agent/ratchet/header.ts'
import { readKemParams } from '../../../../core/agent/ratchet/kem.ts'
import { readE2eLinkParams, readE2eParams } from '../../../../core/agent/ratchet/params.ts'
import { startAsInitiator, startAsJoiner } from '../../../../core/agent/ratchet/start.ts'
import { generateX3dhKeys, x3dhLinkParams } from '../../../../core/agent/ratchet/x3dh.ts'
import { concat } from '../../../../core/codec/bytes.ts'
import { decode } from '../../../../core/codec/reader.ts'
import { boxKey, sealPadded } from '../../../../core/crypto/box.ts'
import { generateKeyPair } from '../../../../core/crypto/keypair.ts'
import { seededRandom } from '../../../simulation/random.ts'
import { vectorStrings } from '../corpus.ts'
import { bytes, type Decoder, ofBytes, ofText, slow, text } from '../decoder.ts'

const random = seededRandom('fuzz', 'agent').bytes
const key = random(32)

/** A ratchet that waits for its first message, and three messages for it. */
function ratchet() {
  const keys = generateX3dhKeys(random)
  const joiner = startAsJoiner(x3dhLinkParams(keys), generateX3dhKeys(random), generateKeyPair('X448', random))
  let sender = joiner.state
  const messages = [1, 2, 3].map((number) => {
    const step = ratchetStep(sender)
    sender = step.state
    return encryptBody(step.messageKey, bytes(`message ${number}`), 200)
  })
  return { state: startAsInitiator(keys, joiner.params), messages }
}

const { state, messages } = ratchet()

function decrypt(input: Uint8Array): unknown {
  const result = ratchetDecrypt(state, [], input, { random })
  if (!result.ok) throw result.error
  return result.plaintext
}

const root = generateKeyPair('Ed25519', random)
const nonce = random(24)

/** The fixed part of an address whose root key is ours. */
function fixedData(): Uint8Array {
  const request = vectorStrings()
    .map(text)
    .filter((value) => value.includes('/contact'))
    .map(parsedRequest)
    .find((value) => value?.mode === 'contact')
  return encodeFixedData({ versions: { min: 2, max: 7 }, rootKey: root.publicKey, request: request!, entityId: key })
}

function parsedRequest(value: string): ConnectionRequest | undefined {
  try {
    return parseConnectionRequest(value)
  } catch {
    return undefined
  }
}

const FIXED = fixedData()
const SEALED_FIXED = sealFixedData(key, signLinkData(root.privateKey, FIXED), nonce)
const USER = encodeUserData({
  kind: 'contact',
  versions: { min: 2, max: 7 },
  direct: true,
  owners: [],
  relays: [],
  data: bytes('user data'),
})

/** User data that the root key has signed, whatever they are. */
function openSignedUserData(input: Uint8Array): unknown {
  const signed = signLinkData(root.privateKey, input)
  const user = concat(nonce, sealPadded(boxKey(key), nonce, signed, signed.length + 8))
  return openLinkData(linkKeyOf(FIXED), key, { fixed: SEALED_FIXED, user })
}

export const agent: readonly Decoder[] = [
  ofText('link', parseLink),
  ofText('connection request', parseConnectionRequest),
  ofText('short link', parseShortLink),
  ofText('queue URI', parseQueueUri),
  ofBytes('connection request, binary', (input) => decode(input, readConnectionRequest)),
  ofBytes('short link, binary', (input) => decode(input, readShortLink)),
  ofBytes('queue URI, binary', (input) => decode(input, readQueueUri)),
  ofBytes('queue info', (input) => decode(input, readQueueInfo)),
  ofBytes('queue address', (input) => decode(input, readQueueAddress)),
  ofBytes('fixed link data', decodeFixedData, FIXED),
  ofBytes('user link data', decodeUserData),
  ofBytes('link owner', (input) => decode(input, readOwner)),
  slow(5, ofBytes('signed user data of a link', openSignedUserData, USER)),
  ofBytes('agent envelope', decodeAgentEnvelope),
  ofBytes('agent message', decodeAgentMessage),
  ofBytes('numbered message', decodeAMessage),
  ofBytes('receipt', (input) => decode(input, readReceipt)),
  ofBytes('ratchet message', decodeMessage),
  ofBytes('encrypted header', decodeEncryptedHeader),
  ofBytes('message header v2', (input) => decodeHeader(2, input)),
  ofBytes('message header v3', (input) => decodeHeader(3, input)),
  ofBytes('KEM parameters', (input) => decode(input, readKemParams)),
  ofBytes('key agreement', (input) => decode(input, readE2eParams)),
  ofBytes('key agreement of a link', (input) => decode(input, readE2eLinkParams)),
  slow(5, ofBytes('ratchet decryption', decrypt, ...messages)),
]
