import { CodecError } from './error.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** A version range, both ends included (smp §1.1, agent §1.2). */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

export function versionRange(min: number, max: number): VersionRange {
  if (min > max) throw new CodecError('range', 'empty version range')
  return { min, max }
}

export function writeVersionRange(writer: Writer, range: VersionRange): void {
  writer.u16(range.min).u16(range.max)
}

export function readVersionRange(reader: Reader): VersionRange {
  return reader.all((r) => versionRange(r.u16(), r.u16()))
}

export function formatVersionRange(range: VersionRange): string {
  return range.min === range.max ? `${range.min}` : `${range.min}-${range.max}`
}

export function parseVersionRange(text: string): VersionRange {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (match === null) throw new CodecError('syntax', 'not a version range')
  const min = Number(match[1])
  const max = match[2] === undefined ? min : Number(match[2])
  if (max > 0xffff) throw new CodecError('range', 'version out of range')
  return versionRange(min, max)
}

/** The common part of two ranges, or undefined. */
export function intersect(a: VersionRange, b: VersionRange): VersionRange | undefined {
  const min = Math.max(a.min, b.min)
  const max = Math.min(a.max, b.max)
  return min <= max ? { min, max } : undefined
}

export function includes(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max
}
