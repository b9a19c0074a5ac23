import { fromUtf8Lossy, utf8 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import type { Reader } from '../codec/reader.ts'
import { encode, type Writer } from '../codec/writer.ts'
import type { MemberId, SharedMsgId } from './ids.ts'
import { FILE_CHUNK_SIZE, MAX_FORWARD_NAME } from './limits.ts'

/** Elements of a binary batch (chat §1.4, §1.5): plain, signed, forwarded, file chunk. */

/** `G` group member, `D` direct connection, `C` channel. Chat messages carry `G`. */
export type SignatureBinding = 'G' | 'D' | 'C'

/** The envelope of a signed body. The body is the exact JSON text: it is never written anew (chat §11.4). */
export interface Signed {
  readonly binding: SignatureBinding
  /** Each 64 bytes, by the member key; at least one. */
  readonly signatures: readonly Uint8Array[]
  readonly body: Uint8Array
}

export type ForwardSender =
  | { readonly type: 'member'; readonly memberId: MemberId; readonly name: string }
  /** The group itself: never verified, no sender (chat §6.4). */
  | { readonly type: 'channel' }

export interface Forwarded {
  readonly sender: ForwardSender
  /** Unix seconds: the broker time of the message at the super-peer. */
  readonly ts: number
}

export interface FileChunk {
  /** The message that announced the file or roster. */
  readonly fileMsgId: SharedMsgId
  /** From 1; 0 cancels. */
  readonly chunkNo: number
  readonly bytes: Uint8Array
}

const SLASH = 0x2f
const ANGLE = 0x3e
const CHUNK = 0x46
const BRACE = 0x7b

export function readSigned(reader: Reader): Signed {
  return reader.all((r) => {
    r.literal('/')
    const binding = String.fromCharCode(r.u8())
    if (binding !== 'G' && binding !== 'D' && binding !== 'C') throw new CodecError('syntax', 'signature binding')
    const signatures = r.list1((s) => {
      s.literal('M')
      const signature = s.short()
      if (signature.length !== 64) throw new CodecError('range', `signature of ${signature.length} bytes`)
      return signature
    })
    if (r.peek() !== BRACE) throw new CodecError('syntax', 'signed body is not a JSON message')
    return { binding, signatures, body: r.tail() }
  })
}

function writeSigned(writer: Writer, signed: Signed): void {
  writer
    .literal('/')
    .literal(signed.binding)
    .list1(signed.signatures, (w, signature) => w.literal('M').short(signature))
    .raw(signed.body)
}

export function encodeSigned(signed: Signed): Uint8Array {
  return encode((writer) => writeSigned(writer, signed))
}

/** The prefix of a forwarded element; what is forwarded follows. */
export function readForwarded(reader: Reader): Forwarded {
  return reader.all((r) => {
    r.literal('>')
    const sender = readSender(r)
    const ts = r.i64()
    if (ts < -MAX_SECONDS || ts > MAX_SECONDS) throw new CodecError('range', 'time of a forward')
    return { sender, ts: Number(ts) }
  })
}

/** What a Date can hold. */
const MAX_SECONDS = 8_640_000_000_000n

function readSender(reader: Reader): ForwardSender {
  if (reader.accept('C')) return { type: 'channel' }
  reader.literal('M')
  const memberId = reader.short()
  if (memberId.length === 0) throw new CodecError('range', 'empty member id')
  return { type: 'member', memberId, name: fromUtf8Lossy(reader.short()) }
}

/** `inner` is a plain, signed or chunk element, unchanged. */
export function encodeForwarded(forwarded: Forwarded, inner: Uint8Array): Uint8Array {
  if (inner[0] === ANGLE) throw new CodecError('syntax', 'a forward inside a forward')
  return encode((writer) => {
    writer.literal('>')
    const { sender } = forwarded
    if (sender.type === 'channel') writer.literal('C')
    else
      writer
        .literal('M')
        .short(sender.memberId)
        .short(utf8(shortName(sender.name)))
    writer.i64(BigInt(Math.floor(forwarded.ts))).raw(inner)
  })
}

/** The display name as a forward carries it: cut to 16 characters, with an ellipsis where it was longer. */
export function shortName(name: string): string {
  const characters = [...name]
  return characters.length <= MAX_FORWARD_NAME ? name : `${characters.slice(0, MAX_FORWARD_NAME).join('')}…`
}

export function readChunk(reader: Reader): FileChunk {
  return reader.all((r) => {
    r.literal('F')
    r.short()
    const fileMsgId = r.short()
    if (fileMsgId.length === 0) throw new CodecError('range', 'chunk of no file')
    const chunkNo = r.u8()
    const bytes = r.tail()
    if (bytes.length > FILE_CHUNK_SIZE) throw new CodecError('oversize', `chunk of ${bytes.length} bytes`)
    if (chunkNo > 0 && bytes.length === 0) throw new CodecError('range', 'empty chunk')
    return { fileMsgId, chunkNo, bytes }
  })
}

export function encodeChunk(chunk: FileChunk): Uint8Array {
  return encode((writer) => writer.literal('F').u8(0).short(chunk.fileMsgId).u8(chunk.chunkNo).raw(chunk.bytes))
}

export type ElementKind = 'plain' | 'signed' | 'forwarded' | 'chunk'

/** By the first byte; undefined where it is none of an element. */
export function elementKind(first: number | undefined): ElementKind | undefined {
  if (first === BRACE) return 'plain'
  if (first === SLASH) return 'signed'
  if (first === ANGLE) return 'forwarded'
  if (first === CHUNK) return 'chunk'
  return undefined
}
