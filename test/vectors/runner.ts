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

export type Outcome = { readonly result: 'passed' | 'skipped' } | { readonly result: 'failed'; readonly reason: string }

/** Every `*.json` of `directory` with the handlers of its topic; a file that is not of the form is an error. */
export function loadVectors(directory: string): VectorFile[] {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
  return files.map((file) => {
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
    return { file, context, handlers: handlersOf(content.topic, file) }
  })
}

function handlersOf(topic: string, file: string): readonly Handler[] {
  const known = TOPICS.find((one) => one.topic === topic) ?? TOPICS.find((one) => `${one.file}.json` === file)
  return known?.handlers ?? []
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
