import { fromUtf8 } from './bytes.ts'
import { CodecError } from './error.ts'

/**
 * Reads the primitives of smp §1.1 and agent §0.1 from a byte string. Every method either returns a value and moves
 * on or throws CodecError and leaves the position where it was. Byte strings come back as views, never copies.
 */
export class Reader {
  readonly bytes: Uint8Array
  #position: number

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.bytes.length - this.#position
  }

  #take(count: number): number {
    if (count > this.remaining) throw new CodecError('truncated', `${count} bytes wanted, ${this.remaining} left`)
    const start = this.#position
    this.#position += count
    return start
  }

  u8(): number {
    return this.bytes[this.#take(1)]!
  }

  u16(): number {
    const at = this.#take(2)
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }

  u32(): number {
    const at = this.#take(4)
    const b = this.bytes
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
  }

  i64(): bigint {
    const at = this.#take(8)
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getBigInt64(0)
  }

  /** Exactly `count` raw bytes. */
  raw(count: number): Uint8Array {
    const at = this.#take(count)
    return this.bytes.subarray(at, at + count)
  }

  /** `bs` / `short`: one length byte, then that many bytes. */
  short(): Uint8Array {
    const start = this.#position
    try {
      return this.raw(this.u8())
    } catch (error) {
      this.#position = start
      throw error
    }
  }

  /** `large`: two length bytes, then that many bytes. */
  large(): Uint8Array {
    const start = this.#position
    try {
      return this.raw(this.u16())
    } catch (error) {
      this.#position = start
      throw error
    }
  }

  /** All that is left. */
  tail(): Uint8Array {
    return this.raw(this.remaining)
  }

  /** `T` or `F`. */
  bool(): boolean {
    const byte = this.peek()
    if (byte !== 0x54 && byte !== 0x46) throw new CodecError('syntax', 'boolean expected')
    this.#position++
    return byte === 0x54
  }

  /** `opt(X)` / `maybe X`: ASCII `0`, or `1` and the value. */
  optional<T>(item: (reader: Reader) => T): T | undefined {
    const byte = this.peek()
    if (byte !== 0x30 && byte !== 0x31) throw new CodecError('syntax', 'optional marker expected')
    return this.all((reader) => {
      reader.u8()
      return byte === 0x31 ? item(reader) : undefined
    })
  }

  /** `list(X)`: a count byte and the items. */
  list<T>(item: (reader: Reader) => T): T[] {
    return this.all((reader) => {
      const count = reader.u8()
      const items: T[] = []
      for (let i = 0; i < count; i++) items.push(item(reader))
      return items
    })
  }

  /** `list1(X)`: a list that is not empty. */
  list1<T>(item: (reader: Reader) => T): [T, ...T[]] {
    return this.all((reader) => {
      const [first, ...rest] = reader.list(item)
      if (first === undefined) throw new CodecError('range', 'list must not be empty')
      return [first, ...rest]
    })
  }

  /** `short` holding UTF-8. */
  text(): string {
    const bytes = this.short()
    const text = fromUtf8(bytes)
    if (text === undefined) {
      this.#position -= bytes.length + 1
      throw new CodecError('syntax', 'not UTF-8')
    }
    return text
  }

  /** The next byte without consuming it; undefined at the end. */
  peek(): number | undefined {
    return this.bytes[this.#position]
  }

  /** Consumes `text` (ASCII) where it comes next. */
  accept(text: string): boolean {
    if (text.length > this.remaining) return false
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[this.#position + i] !== text.charCodeAt(i)) return false
    }
    this.#position += text.length
    return true
  }

  /** Consumes `text` (ASCII), which must come next. */
  literal(text: string): void {
    if (!this.accept(text)) throw new CodecError('syntax', `"${text}" expected`)
  }

  /** Runs `item`; on failure puts the position back and lets the error through. */
  all<T>(item: (reader: Reader) => T): T {
    const start = this.#position
    try {
      return item(this)
    } catch (error) {
      this.#position = start
      throw error
    }
  }

  /** Runs `item`; on CodecError puts the position back and returns undefined ("try to parse"). */
  attempt<T>(item: (reader: Reader) => T): T | undefined {
    try {
      return this.all(item)
    } catch (error) {
      if (error instanceof CodecError) return undefined
      throw error
    }
  }

  /** Fails unless everything has been consumed. */
  end(): void {
    if (this.remaining !== 0) throw new CodecError('trailing', `${this.remaining} bytes too many`)
  }
}

/** Decodes the whole of `bytes`; trailing bytes are an error. */
export function decode<T>(bytes: Uint8Array, item: (reader: Reader) => T): T {
  const reader = new Reader(bytes)
  const value = item(reader)
  reader.end()
  return value
}
