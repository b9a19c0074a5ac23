import { HearthError } from '../codec/error.ts'
import { BOX_OVERHEAD, boxKey, openInPlace, sealPadded } from '../crypto/box.ts'
import { hkdf, NO_SALT } from '../crypto/hkdf.ts'
import { pad, unpad } from '../crypto/padding.ts'

/** Every unit on the stream has this many bytes (smp §3.6). */
export const BLOCK_SIZE = 16_384

/** Cuts a stream into blocks. A chunk that is exactly one block is passed on as it is, without a copy. */
export function blockSplitter(block: (bytes: Uint8Array) => void): (chunk: Uint8Array) => void {
  let partial: Uint8Array | undefined
  let filled = 0
  return (chunk) => {
    let position = 0
    while (position < chunk.length) {
      if (partial === undefined && chunk.length - position >= BLOCK_SIZE) {
        block(chunk.subarray(position, position + BLOCK_SIZE))
        position += BLOCK_SIZE
        continue
      }
      partial ??= new Uint8Array(BLOCK_SIZE)
      const part = chunk.subarray(position, position + BLOCK_SIZE - filled)
      partial.set(part, filled)
      filled += part.length
      position += part.length
      if (filled === BLOCK_SIZE) {
        const full = partial
        partial = undefined
        filled = 0
        block(full)
      }
    }
  }
}

/** A block that is not encrypted. Errors: crypto `large`. */
export function plainBlock(payload: Uint8Array): Uint8Array {
  return pad(payload, BLOCK_SIZE)
}

/** Errors: CodecError. */
export function openPlainBlock(block: Uint8Array): Uint8Array {
  return unpad(block)
}

/** The keys of one direction: each block uses up one step (smp §2.8). */
export interface BlockChain {
  next(): { readonly key: Uint8Array; readonly nonce: Uint8Array }
}

function blockChain(initial: Uint8Array): BlockChain {
  let chainKey = initial
  return {
    next() {
      const out = hkdf(NO_SALT, chainKey, 'SimpleXSbChain', 88)
      chainKey = out.subarray(0, 32)
      return { key: out.subarray(32, 64), nonce: out.subarray(64, 88) }
    },
  }
}

export interface BlockChains {
  readonly serverToClient: BlockChain
  readonly clientToServer: BlockChain
}

/** `secret` is the X25519 agreement of the two handshake keys. */
export function blockChains(sessionId: Uint8Array, secret: Uint8Array): BlockChains {
  const out = hkdf(sessionId, secret, 'SimpleXSbChainInit', 64)
  return { serverToClient: blockChain(out.subarray(0, 32)), clientToServer: blockChain(out.subarray(32, 64)) }
}

/** What an encrypted block can carry: the padding's length field and the tag take the rest. */
export const MAX_ENCRYPTED_PAYLOAD = BLOCK_SIZE - BOX_OVERHEAD - 2

/** Errors: crypto `large`; the chain stays where it was then. */
export function sealBlock(chain: BlockChain, payload: Uint8Array): Uint8Array {
  if (payload.length > MAX_ENCRYPTED_PAYLOAD) {
    throw new HearthError('crypto', 'large', `${payload.length} bytes do not fit into a block`)
  }
  const { key, nonce } = chain.next()
  return sealPadded(boxKey(key), nonce, payload, BLOCK_SIZE - BOX_OVERHEAD)
}

/**
 * Decrypts in the memory of `block`. The chain advances even where the block does not open.
 * Errors: crypto `box`, CodecError.
 */
export function openBlock(chain: BlockChain, block: Uint8Array): Uint8Array {
  const { key, nonce } = chain.next()
  return unpad(openInPlace(boxKey(key), nonce, block))
}
