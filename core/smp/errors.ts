import { fromLatin1, fromUtf8, fromUtf8Lossy, latin1, utf8 } from '../codec/bytes.ts'
import { CodecError, HearthError } from '../codec/error.ts'
import type { Reader } from '../codec/reader.ts'
import type { Writer } from '../codec/writer.ts'
import { readTransportError, type TransportError, writeTransportError } from '../transport/transport-error.ts'
import { readSpace, readWord } from './words.ts'

/** Errors that routers answer with (smp §5.5-5.7). */
export type SmpError =
  | { readonly type: PlainError }
  | { readonly type: 'CMD'; readonly error: CommandError }
  | { readonly type: 'PROXY'; readonly error: ProxyError }
  | { readonly type: 'BLOCKED'; readonly info: BlockingInfo }
  | { readonly type: 'STORE'; readonly text: string }

const PLAIN = [
  'BLOCK',
  'SESSION',
  'AUTH',
  'SERVICE',
  'CRYPTO',
  'QUOTA',
  'NO_MSG',
  'LARGE_MSG',
  'EXPIRED',
  'INTERNAL',
  'DUPLICATE_',
] as const
type PlainError = (typeof PLAIN)[number]

const COMMAND = ['UNKNOWN', 'SYNTAX', 'PROHIBITED', 'NO_AUTH', 'HAS_AUTH', 'NO_ENTITY'] as const
export type CommandError = (typeof COMMAND)[number]

export type ProxyError =
  | { readonly type: 'PROTOCOL'; readonly error: SmpError }
  | { readonly type: 'BROKER'; readonly error: BrokerError }
  | { readonly type: 'BASIC_AUTH' | 'NO_SESSION' }

export type BrokerError =
  | { readonly type: 'RESPONSE' | 'UNEXPECTED'; readonly text: string }
  | { readonly type: 'NETWORK'; readonly error: NetworkError }
  | { readonly type: 'TIMEOUT' | 'HOST' | 'NO_SERVICE' }
  | { readonly type: 'TRANSPORT'; readonly error: TransportError }

/** Never sent: the detail of `NETWORK` is only read. */
type NetworkError =
  | { readonly type: 'CONNECT' | 'TLS' | 'SUBSCRIBE'; readonly text: string }
  | { readonly type: 'UNKNOWNCA' | 'FAILED' | 'TIMEOUT' }

interface BlockingInfo {
  readonly reason: 'spam' | 'content'
  /** Seconds; a notice without `ttl` is indefinite. */
  readonly notice?: { readonly ttl?: number | undefined } | undefined
}

/** `PROXY PROTOCOL` can hold itself; nobody sends more than one level. */
const MAX_DEPTH = 8

/** Below version 12 `BLOCKED` is `AUTH`, below 18 it has no notice. */
export function writeSmpError(writer: Writer, version: number, error: SmpError): void {
  switch (error.type) {
    case 'CMD':
      writer.literal(`CMD ${error.error}`)
      return
    case 'PROXY':
      writer.literal('PROXY ')
      writeProxyError(writer, version, error.error)
      return
    case 'BLOCKED':
      writer.literal(version < 12 ? 'AUTH' : `BLOCKED ${formatBlockingInfo(error.info, version)}`)
      return
    case 'STORE':
      writer.literal('STORE ').raw(utf8(error.text))
      return
    default:
      writer.literal(error.type)
  }
}

export function readSmpError(reader: Reader, depth = 0): SmpError {
  if (depth > MAX_DEPTH) throw new CodecError('syntax', 'errors nested too deep')
  const word = readWord(reader)
  if (isOneOf(PLAIN, word)) return { type: word }
  readSpace(reader)
  switch (word) {
    case 'CMD':
      return { type: 'CMD', error: readCommandError(reader) }
    case 'PROXY':
      return { type: 'PROXY', error: readProxyError(reader, depth) }
    case 'BLOCKED':
      return { type: 'BLOCKED', info: parseBlockingInfo(reader.tail()) }
    case 'STORE':
      return { type: 'STORE', text: fromUtf8Lossy(reader.tail()) }
    default:
      throw new CodecError('syntax', 'unknown error type')
  }
}

function readCommandError(reader: Reader): CommandError {
  const word = readWord(reader)
  if (word === 'NO_QUEUE') return 'NO_ENTITY'
  if (!isOneOf(COMMAND, word)) throw new CodecError('syntax', 'unknown command error')
  return word
}

function writeProxyError(writer: Writer, version: number, error: ProxyError): void {
  switch (error.type) {
    case 'PROTOCOL':
      writer.literal('PROTOCOL ')
      writeSmpError(writer, version, error.error)
      return
    case 'BROKER':
      writer.literal('BROKER ')
      writeBrokerError(writer, error.error)
      return
    default:
      writer.literal(error.type)
  }
}

function readProxyError(reader: Reader, depth: number): ProxyError {
  const word = readWord(reader)
  switch (word) {
    case 'BASIC_AUTH':
    case 'NO_SESSION':
      return { type: word }
    case 'PROTOCOL':
      readSpace(reader)
      return { type: word, error: readSmpError(reader, depth + 1) }
    case 'BROKER':
      readSpace(reader)
      return { type: word, error: readBrokerError(reader) }
    default:
      throw new CodecError('syntax', 'unknown proxy error')
  }
}

function writeBrokerError(writer: Writer, error: BrokerError): void {
  switch (error.type) {
    case 'RESPONSE':
    case 'UNEXPECTED':
      writer.literal(`${error.type} `).short(latin1(error.text))
      return
    case 'TRANSPORT':
      writer.literal('TRANSPORT ')
      writeTransportError(writer, error.error)
      return
    default:
      writer.literal(error.type)
  }
}

function readBrokerError(reader: Reader): BrokerError {
  const word = readWord(reader)
  switch (word) {
    case 'TIMEOUT':
    case 'HOST':
    case 'NO_SERVICE':
      return { type: word }
    case 'RESPONSE':
    case 'UNEXPECTED':
      readSpace(reader)
      return { type: word, text: fromLatin1(reader.short()) }
    case 'NETWORK':
      return { type: word, error: reader.remaining === 0 ? { type: 'FAILED' } : readNetworkError(reader) }
    case 'TRANSPORT':
      readSpace(reader)
      return { type: word, error: readTransportError(reader) }
    default:
      throw new CodecError('syntax', 'unknown broker error')
  }
}

function readNetworkError(reader: Reader): NetworkError {
  readSpace(reader)
  const word = readWord(reader)
  switch (word) {
    case 'UNKNOWNCA':
    case 'FAILED':
    case 'TIMEOUT':
      return { type: word }
    case 'CONNECT':
    case 'TLS':
    case 'SUBSCRIBE':
      readSpace(reader)
      return { type: word, text: fromLatin1(reader.short()) }
    default:
      throw new CodecError('syntax', 'unknown network error')
  }
}

function formatBlockingInfo({ reason, notice }: BlockingInfo, version: number): string {
  if (notice === undefined || version < 18) return `reason=${reason}`
  return `reason=${reason},notice=${JSON.stringify(notice.ttl === undefined ? {} : { ttl: notice.ttl })}`
}

function parseBlockingInfo(bytes: Uint8Array): BlockingInfo {
  const match = /^reason=(spam|content)(?:,notice=(.*))?$/s.exec(fromUtf8(bytes) ?? '')
  if (match === null) throw new CodecError('syntax', 'not blocking information')
  const reason = match[1] as BlockingInfo['reason']
  return match[2] === undefined ? { reason } : { reason, notice: parseNotice(match[2]) }
}

function parseNotice(json: string): { ttl?: number } {
  let notice: unknown
  try {
    notice = JSON.parse(json)
  } catch {
    throw new CodecError('syntax', 'notice is not JSON')
  }
  if (typeof notice !== 'object' || notice === null || Array.isArray(notice)) {
    throw new CodecError('syntax', 'notice is not an object')
  }
  const ttl = 'ttl' in notice ? notice.ttl : undefined
  if (ttl === undefined || ttl === null) return {}
  if (!Number.isSafeInteger(ttl)) throw new CodecError('syntax', 'ttl of a notice is not a whole number')
  return { ttl: ttl as number }
}

/** The words of an error without its texts: `AUTH`, `CMD SYNTAX`, `PROXY BROKER TIMEOUT`. */
export function smpErrorCode(error: SmpError): string {
  switch (error.type) {
    case 'CMD':
      return `CMD ${error.error}`
    case 'PROXY':
      return `PROXY ${proxyErrorCode(error.error)}`
    default:
      return error.type
  }
}

function proxyErrorCode(error: ProxyError): string {
  if (error.type === 'PROTOCOL') return `PROTOCOL ${smpErrorCode(error.error)}`
  if (error.type !== 'BROKER') return error.type
  const broker = error.error
  if (broker.type !== 'TRANSPORT') return `BROKER ${broker.type}`
  return `BROKER TRANSPORT ${broker.error}`
}

/** A router's refusal as an error of ours: kind `router`, code as `smpErrorCode`. */
export function routerError(error: SmpError): HearthError {
  const code = smpErrorCode(error)
  return new HearthError('router', code, `router answered ${code}`, isTemporary(error))
}

/** A full queue drains, a proxy finds its way again, a router repairs its disk; a refusal stays a refusal. */
function isTemporary(error: SmpError): boolean {
  switch (error.type) {
    case 'QUOTA':
    case 'INTERNAL':
    case 'STORE':
      return true
    case 'PROXY': {
      const proxy = error.error
      if (proxy.type === 'PROTOCOL') return isTemporary(proxy.error)
      if (proxy.type === 'BROKER') return proxy.error.type === 'NETWORK' || proxy.error.type === 'TIMEOUT'
      return proxy.type === 'NO_SESSION'
    }
    default:
      return false
  }
}

function isOneOf<T extends string>(words: readonly T[], word: string): word is T {
  return (words as readonly string[]).includes(word)
}
