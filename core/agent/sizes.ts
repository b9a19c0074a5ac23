/** Sizes in bytes of what the agent sends: padding hides what is inside (agent §4.4, §6.1, §6.6). */

/** From this version on the peers of a quantum-resistant connection use smaller padded sizes. */
const PQ_AGENT_VERSION = 5

/** Whether a connection uses the sizes that leave room for KEM keys: its own support and its agreed agent version. */
export function usesPqSizes(pqSupport: boolean, agentVersion: number): boolean {
  return pqSupport && agentVersion >= PQ_AGENT_VERSION
}

/** Padded plaintext of a confirmation, before the ratchet. */
export function confirmationSize(pqSizes: boolean): number {
  return pqSizes ? 11106 : 14832
}

/** Padded plaintext of a message, before the ratchet. */
export function messageSize(pqSizes: boolean): number {
  return pqSizes ? 13618 : 15840
}

/** Largest plaintext of an agent message that fits. */
export function maxPlaintext(paddedLength: number): number {
  return paddedLength - 2
}

/** Largest `A_MSG` body: what remains beside tag, number and hash of the message before. */
export function maxMessageBody(pqSizes: boolean): number {
  return maxPlaintext(messageSize(pqSizes)) - MESSAGE_OVERHEAD
}

/** `M` i64 short(32) `M` */
const MESSAGE_OVERHEAD = 1 + 8 + 33 + 1

/** Largest information inside the confirmation of an initiator. */
export function maxConnInfo(pqSizes: boolean): number {
  return maxPlaintext(confirmationSize(pqSizes)) - 1
}

/** Link text and information of an `I` envelope together. */
export const MAX_INVITATION = 15904 - 2 - 1 - 5
