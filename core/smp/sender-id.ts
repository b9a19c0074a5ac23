import { sha3_384 } from '../crypto/hash.ts'

/** The sender id that a client gives with link data: from the correlation id of its `NEW` (smp §6.2). 24 bytes. */
export function senderIdOf(corrId: Uint8Array): Uint8Array {
  return sha3_384(corrId).slice(0, 24)
}
