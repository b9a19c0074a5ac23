import { CodecError, HearthError } from '../codec/error.ts'

/** Encodes what a person wrote. Errors: usage `large` where it does not fit one message. */
export function sized<T>(encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    if (error instanceof CodecError && error.code === 'oversize') {
      throw new HearthError('usage', 'large', 'the message is too long', false, { cause: error })
    }
    throw error
  }
}
