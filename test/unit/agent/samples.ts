import type { ContactRequest, InvitationRequest } from '../../../core/agent/links/full-link.ts'
import type { QueueUri } from '../../../core/agent/links/queue-address.ts'
import type { X3dhKeys } from '../../../core/agent/ratchet/x3dh.ts'
import { fromHex } from '../../../core/codec/bytes.ts'
import type { KeyAlgorithm, KeyPair } from '../../../core/codec/keys.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import type { RouterAddress } from '../../../core/smp/address.ts'

/** The fixed inputs of the worked examples, agent §14. */

export function repeated(byte: number, size: number): Uint8Array {
  return new Uint8Array(size).fill(byte)
}

export function pair<A extends KeyAlgorithm>(algorithm: A, byte: number, size: number): KeyPair<A> {
  const privateKey = { algorithm, raw: repeated(byte, size) }
  return { privateKey, publicKey: publicKeyOf(privateKey) }
}

export const CORR_ID = fromHex('000102030405060708090a0b0c0d0e0f1011121314151617')
export const SENDER_ID = fromHex('3ae1a7e6f8e0007f53167b85c478203b8445ac2b7b092da2')
export const ROUTER: RouterAddress = { hosts: ['smp.example.com'], port: '', keyHash: repeated(0xaa, 32) }
export const ROUTER_HEX = `010f736d702e6578616d706c652e636f6d0020${'aa'.repeat(32)}`
export const DH_KEY = pair('X25519', 0x07, 32).publicKey
export const DH_KEY_HEX = '2c302a300506032b656e03210013be4feaeaf204c7fd3358fc9c00721881d174278128227ec674f37f7fe97b6d'

export const CONTACT_QUEUE: QueueUri = {
  versions: { min: 1, max: 4 },
  router: ROUTER,
  senderId: SENDER_ID,
  dhKey: DH_KEY,
  mode: 'contact',
}
export const MESSAGING_QUEUE: QueueUri = { ...CONTACT_QUEUE, mode: 'messaging' }

export const CONTACT: ContactRequest = {
  mode: 'contact',
  versions: { min: 2, max: 7 },
  queues: [CONTACT_QUEUE],
  clientData: undefined,
}

const x448 = (byte: number) => pair('X448', byte, 56)
export const INITIATOR: X3dhKeys = { key1: x448(0x11), key2: x448(0x22) }
export const JOINER: X3dhKeys = { key1: x448(0x33), key2: x448(0x44) }
export const JOINER_DH = x448(0x55)

export const INVITATION: InvitationRequest = {
  ...CONTACT,
  mode: 'invitation',
  queues: [MESSAGING_QUEUE],
  e2e: {
    versions: { min: 2, max: 3 },
    key1: INITIATOR.key1.publicKey,
    key2: INITIATOR.key2.publicKey,
    kem: undefined,
  },
}
