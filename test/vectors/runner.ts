import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context, Handler, VectorRecord } from './handler.ts'
import { handlers as agent } from './handlers/agent.ts'
import { handlers as crypto } from './handlers/crypto.ts'
import { handlers as encoding } from './handlers/encoding.ts'
import { handlers as links } from './handlers/links.ts'
import { handlers as ratchet } from './handlers/ratchet.ts'
import { handlers as smpCommands } from './handlers/smp-commands.ts'
import { handlers as transport } from './handlers/transport.ts'

/** The reference's topics, or else the names of files, and what checks their records. */
const TOPICS: readonly { readonly topic: string; readonly file: string; readonly handlers: readonly Handler[] }[] = [
  { topic: 'agent envelopes, messages, queue info and URIs', file: 'agent', handlers: agent },
  { topic: 'keys, crypto_box, authenticator, hashes, HKDF, AEAD, sntrup761', file: 'crypto', handlers: crypto },
  { topic: 'primitive SMP and string encodings, versions, servers, hosts', file: 'encoding', handlers: encoding },
  { topic: 'connection request URIs, short links, link data, owners', file: 'links', handlers: links },
  { topic: 'X3DH, PQ X3DH, double ratchet', file: 'ratchet', handlers: ratchet },
  {
    topic: 'SMP commands, broker messages, transmissions, auth, proxy',
    file: 'smp-commands',
    handlers: smpCommands,
  },
  { topic: 'transport handshake and block encryption', file: 'transport', handlers: transport },
]

interface VectorFile {
  readonly file: string
  readonly context: Context
  readonly handlers: readonly Handler[]
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export type Outcome = { readonly result: 'passed' | 'skipped' } | { readonly result: 'failed'; readonly reason: string }

/** The names of the files of vectors in `directory`. */
export function vectorFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
}

/** A file with the handlers of its topic. Throws where it is not of the form. */
export function loadVectors(directory: string, file: string): VectorFile {
  const content = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
    topic?: unknown
    vectors?: unknown
  } | null
  if (typeof content?.topic !== 'string' || !Array.isArray(content.vectors)) throw new Error('not a file of vectors')
  const records = content.vectors as VectorRecord[]
  const context: Context = {
    records,
    record(name) {
      const found = records.find((record) => record.name === name)
      if (found === undefined) throw new Error(`the file has no record "${name}"`)
      return found
    },
  }
  return { file, context, handlers: handlersOf(content.topic, file) }
}

/** Checks all records of a folder; `print` gets a line for each that fails or is skipped, then the sum. */
export async function runVectors(directory: string, print: (line: string) => void): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const name of vectorFiles(directory)) {
    let file: VectorFile
    try {
      file = loadVectors(directory, name)
    } catch (error) {
      counts.failed++
      print(`FAILED ${name}\n    ${messageOf(error)}`)
      continue
    }
    for (const [index, record] of file.context.records.entries()) {
      const outcome = await checkRecord(file, record)
      counts[outcome.result]++
      const place = `${name} #${index} "${record?.name}"`
      if (outcome.result === 'skipped') print(`skipped ${place}`)
      if (outcome.result !== 'failed') continue
      print(`FAILED ${place} ${record?.note ?? ''}\n    ${outcome.reason.split('\n').slice(0, 12).join('\n    ')}`)
    }
  }
  print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts
}

function handlersOf(topic: string, file: string): readonly Handler[] {
  const known = TOPICS.find((one) => one.topic === topic) ?? TOPICS.find((one) => `${one.file}.json` === file)
  return known?.handlers ?? []
}

export async function checkRecord(file: VectorFile, record: VectorRecord): Promise<Outcome> {
  if (typeof record?.name !== 'string') return { result: 'failed', reason: 'not a record with a name' }
  const handler = file.handlers.find(({ name }) =>
    typeof name === 'string' ? record.name === name || record.name.startsWith(`${name} `) : name.test(record.name),
  )
  if (handler === undefined) return { result: 'failed', reason: 'unknown record name' }
  try {
    return { result: (await handler.check(record, file.context)) === 'skipped' ? 'skipped' : 'passed' }
  } catch (error) {
    return { result: 'failed', reason: messageOf(error) }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
