import { CodecError } from '../codec/error.ts'
import type { Reader } from '../codec/reader.ts'
import type { Writer } from '../codec/writer.ts'

/** Failures of the transport as peers report them to each other (smp §5.6), in the words of the wire. */
export const TRANSPORT_ERRORS = [
  'BLOCK',
  'VERSION',
  'LARGE_MSG',
  'SESSION',
  'NO_AUTH',
  'HANDSHAKE PARSE',
  'HANDSHAKE IDENTITY',
  'HANDSHAKE BAD_AUTH',
  'HANDSHAKE BAD_SERVICE',
] as const
export type TransportError = (typeof TRANSPORT_ERRORS)[number]

export function writeTransportError(writer: Writer, error: TransportError): void {
  writer.literal(error)
}

export function readTransportError(reader: Reader): TransportError {
  for (const error of TRANSPORT_ERRORS) if (reader.accept(error)) return error
  throw new CodecError('syntax', 'unknown transport error')
}
