import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { CodecError } from '../codec/error.ts'
import { decode, Reader } from '../codec/reader.ts'
import { encode } from '../codec/writer.ts'
import { COMPRESS_ABOVE, MAX_DECOMPRESSED } from './limits.ts'

/** zstd frames as the network uses them (chat §1.3): level 3, no dictionary, content size in the header. */
export function compressFrame(content: Uint8Array): Uint8Array {
  return plainBytes(
    zstdCompressSync(content, {
      params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_contentSizeFlag]: 1 },
      pledgedSrcSize: content.length,
    }),
  )
}

/**
 * The content of one standard frame. The header is judged before a byte is decompressed, so that a frame can neither
 * hide its size nor make us allocate more than `limit`. Errors: `oversize`, `syntax`, `truncated`.
 */
export function decompressFrame(frame: Uint8Array, limit = MAX_DECOMPRESSED): Uint8Array {
  const size = contentSize(frame)
  if (size > BigInt(limit)) throw new CodecError('oversize', `frame of ${size} bytes, limit ${limit}`)
  const expected = Number(size)
  let content: Uint8Array
  let consumed: number
  try {
    const result = zstdDecompressSync(frame, { maxOutputLength: Math.max(1, expected), info: true }) as unknown as {
      buffer: Uint8Array
      engine: { bytesWritten: number }
    }
    content = plainBytes(result.buffer)
    consumed = result.engine.bytesWritten
  } catch {
    throw new CodecError('syntax', 'not a zstd frame')
  }
  if (content.length !== expected) throw new CodecError('syntax', 'frame and its content size differ')
  if (consumed !== frame.length) throw new CodecError('trailing', 'bytes after a frame')
  return content
}

/** Without what Buffer changes in slicing and comparing. */
function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}

const MAGIC = 0xfd2fb528

/** Frame_Content_Size of a frame header (RFC 8878 §3.1.1.1). */
function contentSize(frame: Uint8Array): bigint {
  const reader = new Reader(frame)
  if (littleEndian(reader.raw(4)) !== BigInt(MAGIC)) throw new CodecError('syntax', 'not a zstd frame')
  const descriptor = reader.u8()
  const sizeFlag = descriptor >>> 6
  const singleSegment = (descriptor & 0x20) !== 0
  if ((descriptor & 0x08) !== 0) throw new CodecError('syntax', 'reserved bit of a zstd frame')
  if ((descriptor & 0x03) !== 0) throw new CodecError('syntax', 'zstd frame wants a dictionary')
  if (!singleSegment) reader.u8()
  if (sizeFlag === 0 && !singleSegment) throw new CodecError('syntax', 'zstd frame without content size')
  const size = littleEndian(reader.raw(1 << sizeFlag))
  return sizeFlag === 1 ? size + 256n : size
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!)
  return value
}

/** The items behind the `X` of a body; all of them together stay within the limit. */
export function decompressItems(items: Uint8Array): readonly Uint8Array[] {
  let left = MAX_DECOMPRESSED
  return decode(items, (reader) =>
    reader.list1((r) => {
      const content = decompressItem(r, left)
      left -= content.length
      return content
    }),
  )
}

function decompressItem(reader: Reader, limit: number): Uint8Array {
  if (reader.accept('0')) return reader.short()
  reader.literal('1')
  return decompressFrame(reader.large(), limit)
}

/** A body, compressed: `X`, one item. */
export function compressBody(body: Uint8Array): Uint8Array {
  return encode((writer) => {
    writer.literal('X').u8(1)
    if (body.length <= COMPRESS_ABOVE) writer.literal('0').short(body)
    else writer.literal('1').large(compressFrame(body))
  })
}
