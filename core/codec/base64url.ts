import { CodecError } from './error.ts'

/** base64url as the network writes it: padded in texts and JSON, unpadded in short links; both forms are read. */

export function base64url(bytes: Uint8Array): string {
  const text = base64urlUnpadded(bytes)
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

export function base64urlUnpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')
}

/** Standard alphabet with padding, as in `INFO` (smp §5.8). */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Accepts missing padding. Errors: `syntax` where a character is not of the alphabet, the length is impossible, the
 * padding is another than `base64url` writes, or bits are left over: bytes have one text with padding and one without.
 */
export function fromBase64url(text: string): Uint8Array {
  const match = /^([A-Za-z0-9_-]*)(={0,2})$/.exec(text)
  if (match === null) throw notBase64url()
  const [, body = '', padding = ''] = match
  const rest = body.length % 4
  if (rest === 1 || (padding !== '' && (rest + padding.length) % 4 !== 0)) throw notBase64url()
  const last = ALPHABET.indexOf(body.at(-1) ?? 'A')
  if ((rest === 2 && (last & 0b1111) !== 0) || (rest === 3 && (last & 0b11) !== 0)) throw notBase64url()
  return new Uint8Array(Buffer.from(body, 'base64url'))
}

function notBase64url(): CodecError {
  return new CodecError('syntax', 'not base64url')
}
