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

/** Accepts missing padding. Errors: `syntax` where a character is not of the alphabet or the length is impossible. */
export function fromBase64url(text: string): Uint8Array {
  const match = /^([A-Za-z0-9_-]*)=*$/.exec(text)
  const body = match?.[1]
  if (body === undefined || body.length % 4 === 1) throw new CodecError('syntax', 'not base64url')
  return new Uint8Array(Buffer.from(body, 'base64url'))
}
