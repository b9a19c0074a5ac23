import { CodecError, unlessMalformed } from '../codec/error.ts'
import { decode, Reader } from '../codec/reader.ts'
import type { VersionRange } from '../codec/version.ts'
import { decompressItems } from './compression.ts'
import {
  elementKind,
  type FileChunk,
  type Forwarded,
  readChunk,
  readForwarded,
  readSigned,
  type Signed,
} from './element.ts'
import { encodeJson, type Json, parseJson, timestampMs } from './json.ts'
import { MAX_BATCH_COUNT } from './limits.ts'
import { type ChatMessage, decodeMessage, messageFromJson } from './message.ts'

/** What a received body holds, element by element (chat §1.2). */
export type ParsedElement = MessageElement | ChunkElement | ErrorElement

export interface MessageElement {
  readonly type: 'message'
  readonly message: ChatMessage
  /** The exact JSON text where the element carried one; of an item of a JSON array, the item written anew. */
  readonly body: Uint8Array
  readonly signed?: Signed | undefined
  readonly forwarded?: Forwarded | undefined
  /** What the connection's peer announces: set for what the peer itself wrote (chat §1.8, §11.17). */
  readonly peerVersion?: VersionRange | undefined
}

export interface ChunkElement {
  readonly type: 'chunk'
  readonly chunk: FileChunk
  readonly forwarded?: Forwarded | undefined
}

/** An element that cannot be read; the others are unaffected. */
export interface ErrorElement {
  readonly type: 'error'
  readonly error: CodecError
  readonly forwarded?: Forwarded | undefined
}

/**
 * Reads a received body of any format. Errors of the whole body are thrown: an unknown format, broken framing of a
 * batch, more than 255 messages, a compressed form beyond the limits. Byte strings are views of `body`.
 */
export function parseBody(body: Uint8Array): readonly ParsedElement[] {
  const elements =
    body[0] === 0x58 ? decompressItems(body.subarray(1)).flatMap(parseUncompressed) : parseUncompressed(body)
  if (elements.length > MAX_BATCH_COUNT) throw new CodecError('oversize', `${elements.length} messages in one body`)
  return elements
}

/** connInfo of the agent's handshake: exactly one message, plain, signed or compressed (chat §1.2). */
export function parseConnInfo(info: Uint8Array): MessageElement {
  const [element, ...rest] = parseBody(info)
  if (element === undefined || rest.length > 0) throw new CodecError('range', 'connInfo is not one message')
  if (element.type === 'error') throw element.error
  if (element.type !== 'message' || element.forwarded !== undefined) {
    throw new CodecError('syntax', 'connInfo is not a message')
  }
  return element
}

/** As `parseConnInfo`; undefined where it cannot be read. */
export function readConnInfo(info: Uint8Array): MessageElement | undefined {
  return unlessMalformed(() => parseConnInfo(info))
}

function parseUncompressed(body: Uint8Array): readonly ParsedElement[] {
  const first = body[0]
  if (first === 0x5b) return parseArray(body)
  if (first === 0x3d) return parseBatch(body)
  if (elementKind(first) === undefined) throw new CodecError('syntax', 'unknown format of a body')
  return [parseElement(body)]
}

function parseArray(body: Uint8Array): readonly ParsedElement[] {
  const items = parseJson(body)
  if (!Array.isArray(items)) throw new CodecError('syntax', 'not a JSON array')
  if (items.length > MAX_BATCH_COUNT) throw new CodecError('oversize', `${items.length} messages in one body`)
  return items.map((item: Json) => guarded(() => plain(messageFromJson(item), encodeJson(item))))
}

function parseBatch(body: Uint8Array): readonly ParsedElement[] {
  const elements = decode(body, (reader) => {
    reader.literal('=')
    return reader.list((r) => r.large())
  })
  return elements.map(parseElement)
}

/** One element, in a batch or alone. Never throws. */
export function parseElement(bytes: Uint8Array): ParsedElement {
  const reader = new Reader(bytes)
  if (elementKind(bytes[0]) !== 'forwarded') return guarded(() => parseInner(reader))
  let forwarded: Forwarded | undefined
  try {
    forwarded = readForwarded(reader)
    const inner = parseInner(reader)
    // A JSON forward inside is a forward inside a forward.
    if (inner.forwarded !== undefined) throw nested()
    return inner.type === 'message' ? { ...inner, forwarded, peerVersion: undefined } : { ...inner, forwarded }
  } catch (error) {
    return failed(error, forwarded)
  }
}

function parseInner(reader: Reader): MessageElement | ChunkElement {
  const kind = elementKind(reader.peek())
  if (kind === 'chunk') return { type: 'chunk', chunk: readChunk(reader) }
  if (kind === 'signed') {
    const signed = readSigned(reader)
    const message = decodeMessage(signed.body)
    if (message.event.type === 'x.grp.msg.forward') throw new CodecError('syntax', 'signed forward')
    return { type: 'message', message, body: signed.body, signed, peerVersion: message.v }
  }
  if (kind === 'plain') {
    const body = reader.tail()
    return plain(decodeMessage(body), body)
  }
  if (kind === 'forwarded') throw nested()
  throw new CodecError('syntax', 'unknown kind of element')
}

/** Unwraps the JSON forward of other groups (chat §2.7), so that both forms of forwarding look alike. */
function plain(message: ChatMessage, body: Uint8Array): MessageElement {
  if (message.event.type !== 'x.grp.msg.forward') {
    return { type: 'message', message, body, peerVersion: message.v }
  }
  const { memberId, memberName, msg, msgTs } = message.event.params
  const inner = messageFromJson(msg)
  if (inner.event.type === 'x.grp.msg.forward') throw nested()
  return {
    type: 'message',
    message: inner,
    body: encodeJson(msg),
    forwarded: {
      sender: memberId === undefined ? { type: 'channel' } : { type: 'member', memberId, name: memberName ?? '' },
      ts: Math.floor(timestampMs(msgTs) / 1000),
    },
    peerVersion: message.v,
  }
}

function nested(): CodecError {
  return new CodecError('syntax', 'a forward inside a forward')
}

function guarded(parse: () => ParsedElement): ParsedElement {
  try {
    return parse()
  } catch (error) {
    return failed(error, undefined)
  }
}

function failed(error: unknown, forwarded: Forwarded | undefined): ErrorElement {
  if (!(error instanceof CodecError)) throw error
  return { type: 'error', error, ...(forwarded && { forwarded }) }
}
