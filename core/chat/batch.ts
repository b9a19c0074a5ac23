import { concat } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { encode } from '../codec/writer.ts'
import { MAX_BATCH_COUNT, MAX_MESSAGE, MAX_RELAY_ELEMENT } from './limits.ts'

/** Collecting elements into bodies (chat §1.7). Order is preserved; a body holds at most 255 elements. */

/** `=`, count, and each element with its length. */
export function encodeBinaryBatch(elements: readonly Uint8Array[]): Uint8Array {
  if (elements.length > MAX_BATCH_COUNT) throw new CodecError('oversize', `${elements.length} elements in a batch`)
  return encode((writer) => writer.literal('=').list(elements, (w, element) => w.large(element)))
}

const OPEN = Uint8Array.of(0x5b)
const COMMA = Uint8Array.of(0x2c)
const CLOSE = Uint8Array.of(0x5d)

/** Elements are JSON messages. */
export function encodeArrayBatch(elements: readonly Uint8Array[]): Uint8Array {
  return concat(OPEN, ...elements.flatMap((element, i) => (i === 0 ? [element] : [COMMA, element])), CLOSE)
}

/** An author's bodies: one element alone goes without the wrapper. Errors: `oversize` for an element above `limit`. */
export function authorBatches(elements: readonly Uint8Array[], limit = MAX_MESSAGE): readonly Uint8Array[] {
  return greedy(elements, (count, sum) => (count === 1 ? sum : sum + 2 * count + 2), limit).map((group) =>
    group.length === 1 ? group[0]! : encodeBinaryBatch(group),
  )
}

/** The same in JSON arrays, for direct contacts. */
export function contactBatches(elements: readonly Uint8Array[], limit = MAX_MESSAGE): readonly Uint8Array[] {
  return greedy(elements, (count, sum) => (count === 1 ? sum : sum + count + 1), limit).map((group) =>
    group.length === 1 ? group[0]! : encodeArrayBatch(group),
  )
}

/**
 * A super-peer's bodies: always with the wrapper, even for one element. Errors: `oversize` for an element above 15598
 * bytes; those are to be sorted out beforehand.
 */
export function relayBatches(elements: readonly Uint8Array[]): readonly Uint8Array[] {
  return greedy(elements, batchLength, MAX_MESSAGE).map(encodeBinaryBatch)
}

function batchLength(count: number, sum: number): number {
  return sum + 2 * count + 2
}

function greedy(
  elements: readonly Uint8Array[],
  lengthOf: (count: number, sum: number) => number,
  limit: number,
): readonly (readonly Uint8Array[])[] {
  const groups: Uint8Array[][] = []
  let group: Uint8Array[] = []
  let sum = 0
  for (const element of elements) {
    if (lengthOf(1, element.length) > limit) throw new CodecError('oversize', `element of ${element.length} bytes`)
    const fits = group.length < MAX_BATCH_COUNT && lengthOf(group.length + 1, sum + element.length) <= limit
    if (!fits) {
      groups.push(group)
      group = []
      sum = 0
    }
    group.push(element)
    sum += element.length
  }
  if (group.length > 0) groups.push(group)
  return groups
}

/** How many of `elements`, from the first, fit one relay body (chat §7.3); the rest waits. */
export function fittingCount(elements: readonly Uint8Array[]): number {
  let sum = 0
  let count = 0
  for (const element of elements) {
    if (count === MAX_BATCH_COUNT || batchLength(count + 1, sum + element.length) > MAX_MESSAGE) break
    sum += element.length
    count++
  }
  return count
}

/** An element that no relay body can hold is lost, and marked so (chat §7.3). */
export function fitsRelay(element: Uint8Array): boolean {
  return element.length <= MAX_RELAY_ELEMENT
}

/** A job's body with member records in front (chat §7.5). Indexes are those of `records`. */
export interface PackedRecords {
  /** Sent before the body, each to those who lack one of its records. */
  readonly extra: readonly { readonly records: readonly number[]; readonly body: Uint8Array }[]
  /** For those who lack one of `inlined`; equal to `plain` where none fitted. */
  readonly extended: Uint8Array
  readonly inlined: readonly number[]
  /** For everybody else. */
  readonly plain: Uint8Array
  /** Too large for any body. */
  readonly dropped: readonly number[]
}

export interface RecordElement {
  readonly element: Uint8Array
  readonly hasImage: boolean
}

/**
 * Packs member records with the forwarded `elements` of one job: those without a picture first, in front of the
 * elements while the body holds them, the rest in bodies of their own.
 */
export function packRecords(records: readonly RecordElement[], elements: readonly Uint8Array[]): PackedRecords {
  const order = [...records.keys()].sort((a, b) => Number(records[a]!.hasImage) - Number(records[b]!.hasImage) || a - b)
  let sum = elements.reduce((total, element) => total + element.length, 0)
  let count = elements.length
  const inlined: number[] = []
  const overflow: number[] = []
  const dropped: number[] = []
  for (const index of order) {
    const { length } = records[index]!.element
    if (!fitsRelay(records[index]!.element)) dropped.push(index)
    else if (count < MAX_BATCH_COUNT && batchLength(count + 1, sum + length) <= MAX_MESSAGE) {
      inlined.push(index)
      sum += length
      count++
    } else overflow.push(index)
  }
  const plain = encodeBinaryBatch(elements)
  const elementOf = (index: number) => records[index]!.element
  let next = 0
  const extra = greedy(overflow.map(elementOf), batchLength, MAX_MESSAGE).map((group) => {
    const indexes = overflow.slice(next, next + group.length)
    next += group.length
    return { records: indexes, body: encodeBinaryBatch(group) }
  })
  const extended = inlined.length === 0 ? plain : encodeBinaryBatch([...inlined.map(elementOf), ...elements])
  return { extra, extended, inlined, plain, dropped }
}
