import { asHearthError, type HearthError } from '../codec/error.ts'

/** Anything thrown, as one of ours. */
export function failureOf(error: unknown): HearthError {
  return asHearthError(error, 'usage', 'unforeseen')
}
