import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context, Handler, VectorRecord } from './handler.ts'

/** The reference's topics and the module of `handlers/` that checks their records. */
const TOPICS: Readonly<Record<string, string>> = {
  'agent envelopes, messages, queue info and URIs': 'agent',
  'keys, crypto_box, authenticator, hashes, HKDF, AEAD, sntrup761': 'crypto',
  'primitive SMP and string encodings, versions, servers, hosts': 'encoding',
  'connection request URIs, short links, link data, owners': 'links',
  'X3DH, PQ X3DH, double ratchet': 'ratchet',
  'SMP commands, broker messages, transmissions, auth, proxy': 'smp-commands',
  'transport handshake and block encryption': 'transport',
}

interface VectorFile {
  readonly file: string
  readonly context: Context
  readonly handlers: readonly Handler[]
}

export type Outcome = { readonly result: 'passed' | 'skipped' } | { readonly result: 'failed'; readonly reason: string }

/** Every `*.json` of `directory` with the handlers of its topic; a file that is not of the form is an error. */
export async function loadVectors(directory: string): Promise<VectorFile[]> {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
  return Promise.all(
    files.map(async (file) => {
      const content = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
        topic?: unknown
        vectors?: unknown
      }
      if (typeof content.topic !== 'string' || !Array.isArray(content.vectors)) {
        throw new Error(`${file}: not a file of vectors`)
      }
      const records = content.vectors as VectorRecord[]
      const context: Context = {
        records,
        record(name) {
          const found = records.find((record) => record.name === name)
          if (found === undefined) throw new Error(`the file has no record "${name}"`)
          return found
        },
      }
      return { file, context, handlers: await handlersOf(TOPICS[content.topic] ?? file.replace(/\.json$/, '')) }
    }),
  )
}

async function handlersOf(topic: string): Promise<readonly Handler[]> {
  const module = new URL(`./handlers/${topic}.ts`, import.meta.url)
  if (!/^[a-z-]+$/.test(topic) || !existsSync(module)) return []
  return ((await import(module.href)) as { handlers: readonly Handler[] }).handlers
}

export async function checkRecord(file: VectorFile, record: VectorRecord): Promise<Outcome> {
  const handler = file.handlers.find(({ name }) =>
    typeof name === 'string' ? record.name === name || record.name.startsWith(`${name} `) : name.test(record.name),
  )
  if (handler === undefined) return { result: 'failed', reason: 'unknown record name' }
  try {
    return { result: (await handler.check(record, file.context)) === 'skipped' ? 'skipped' : 'passed' }
  } catch (error) {
    return { result: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
