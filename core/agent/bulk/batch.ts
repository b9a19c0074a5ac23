import { decode, type Reader } from '../../codec/reader.ts'
import { Writer } from '../../codec/writer.ts'
import type { BulkItem } from './seal.ts'

/**
 * A batch on its way to a thread: one piece of memory that is handed over, not copied, with each distinct body in it
 * once.
 *
 *     batch = u32 bodies ‖ (u32 length ‖ body)… ‖ u32 items ‖ item…
 *     item  = u32 body ‖ u16 clientVersion ‖ u16 paddedLength ‖ u16 version ‖ key(32) ‖ iv(16) ‖ boxKey(32) ‖ nonce(24)
 *             ‖ large(ad) ‖ large(encHeader) ‖ large(prefix)
 */
const ITEM_FIXED = 4 + 3 * 2 + 32 + 16 + 32 + 24 + 3 * 2

export function encodeBatch(items: readonly BulkItem[]): Uint8Array {
  const bodies = new Map<Uint8Array, number>()
  let size = 8
  for (const { body, messageKey, prefix } of items) {
    if (!bodies.has(body)) {
      bodies.set(body, bodies.size)
      size += 4 + body.length
    }
    size += ITEM_FIXED + messageKey.ad.length + messageKey.encHeader.length + prefix.length
  }
  const w = new Writer(size)
  w.u32(bodies.size)
  for (const body of bodies.keys()) w.u32(body.length).raw(body)
  w.u32(items.length)
  for (const item of items) writeItem(w, item, bodies.get(item.body)!)
  return w.done()
}

function writeItem(w: Writer, item: BulkItem, body: number): void {
  const { version, ad, key, iv, encHeader } = item.messageKey
  w.u32(body).u16(item.clientVersion).u16(item.paddedLength).u16(version)
  w.raw(key).raw(iv).raw(item.boxKey).raw(item.nonce)
  w.large(ad).large(encHeader).large(item.prefix)
}

/** Items are views of `bytes`. */
export function decodeBatch(bytes: Uint8Array): BulkItem[] {
  return decode(bytes, (r) => {
    const bodies = times(r.u32(), () => r.raw(r.u32()))
    return times(r.u32(), () => readItem(r, bodies))
  })
}

function readItem(r: Reader, bodies: readonly Uint8Array[]): BulkItem {
  const body = bodies[r.u32()]!
  const clientVersion = r.u16()
  const paddedLength = r.u16()
  const version = r.u16()
  const key = r.raw(32)
  const iv = r.raw(16)
  const boxKey = r.raw(32)
  const nonce = r.raw(24)
  const messageKey = { version, key, iv, ad: r.large(), encHeader: r.large() }
  return { messageKey, prefix: r.large(), body, paddedLength, boxKey, nonce, clientVersion }
}

function times<T>(count: number, item: () => T): T[] {
  const items: T[] = []
  for (let i = 0; i < count; i++) items.push(item())
  return items
}
