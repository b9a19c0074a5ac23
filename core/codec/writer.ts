import { latin1, utf8 } from './bytes.ts'
import { CodecError } from './error.ts'

/** Writes the primitives of smp §1.1 and agent §0.1. Values that do not fit their length field throw CodecError. */
export class Writer {
  #buffer: Uint8Array
  #length = 0

  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  #reserve(count: number): number {
    const start = this.#length
    const needed = start + count
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2))
      grown.set(this.#buffer.subarray(0, start))
      this.#buffer = grown
    }
    this.#length = needed
    return start
  }

  u8(value: number): this {
    inRange(value, 0xff)
    const at = this.#reserve(1)
    this.#buffer[at] = value
    return this
  }

  u16(value: number): this {
    inRange(value, 0xffff)
    const at = this.#reserve(2)
    this.#buffer[at] = value >>> 8
    this.#buffer[at + 1] = value
    return this
  }

  u32(value: number): this {
    inRange(value, 0xffffffff)
    const at = this.#reserve(4)
    new DataView(this.#buffer.buffer).setUint32(at, value)
    return this
  }

  i64(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value) throw new CodecError('range', 'not a signed 64-bit integer')
    const at = this.#reserve(8)
    new DataView(this.#buffer.buffer).setBigInt64(at, value)
    return this
  }

  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length)
    this.#buffer.set(bytes, at)
    return this
  }

  /** Leaves room for `count` bytes, zero so far, that the caller fills in the result of `done`. */
  skip(count: number): this {
    this.#reserve(count)
    return this
  }

  short(bytes: Uint8Array): this {
    if (bytes.length > 0xff) throw new CodecError('oversize', `${bytes.length} bytes in a short string`)
    return this.u8(bytes.length).raw(bytes)
  }

  large(bytes: Uint8Array): this {
    if (bytes.length > 0xffff) throw new CodecError('oversize', `${bytes.length} bytes in a large string`)
    return this.u16(bytes.length).raw(bytes)
  }

  bool(value: boolean): this {
    return this.u8(value ? 0x54 : 0x46)
  }

  optional<T>(value: T | undefined, item: (writer: this, value: T) => unknown): this {
    if (value === undefined) return this.u8(0x30)
    this.u8(0x31)
    item(this, value)
    return this
  }

  list<T>(items: readonly T[], item: (writer: this, value: T) => unknown): this {
    if (items.length > 0xff) throw new CodecError('oversize', `${items.length} items in a list`)
    this.u8(items.length)
    for (const value of items) item(this, value)
    return this
  }

  list1<T>(items: readonly T[], item: (writer: this, value: T) => unknown): this {
    if (items.length === 0) throw new CodecError('range', 'list must not be empty')
    return this.list(items, item)
  }

  /** `short` holding UTF-8. */
  text(value: string): this {
    return this.short(utf8(value))
  }

  /** ASCII as it is, without a length. */
  literal(value: string): this {
    return this.raw(latin1(value))
  }

  /** The bytes written so far: a view, valid as long as nothing more is written. */
  done(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }
}

function inRange(value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new CodecError('range', `${value} is not in 0..${max}`)
}

/** Encodes with `item` into fresh bytes. */
export function encode(item: (writer: Writer) => unknown): Uint8Array {
  const writer = new Writer()
  item(writer)
  return writer.done()
}
