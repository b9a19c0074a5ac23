import { readdirSync, readFileSync } from 'node:fs'
import { bytes } from './decoder.ts'

const FOLDER = new URL('../../vectors/', import.meta.url)
const LONGEST = 20_000

/** Every string of the reference's vectors, as bytes where it is hexadecimal and as text. */
export function vectorStrings(): readonly Uint8Array[] {
  const found = new Map<string, Uint8Array>()
  for (const file of readdirSync(FOLDER).sort()) {
    if (file.endsWith('.json')) collect(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')), found)
  }
  return [...found.values()]
}

function collect(value: unknown, found: Map<string, Uint8Array>): void {
  if (typeof value === 'string') {
    if (value.length === 0 || value.length > LONGEST * 2) return
    if (/^(?:[0-9a-f]{2})+$/.test(value)) found.set(`hex ${value}`, new Uint8Array(Buffer.from(value, 'hex')))
    else found.set(`text ${value}`, bytes(value))
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) collect(item, found)
  }
}
