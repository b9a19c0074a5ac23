import { fromBase64url } from '../../codec/base64url.ts'
import { HearthError } from '../../codec/error.ts'

/** One request of the console: a JSON object with `id` and `do`. */
export interface ConsoleRequest {
  /** Comes back in the answer: a number or a text. */
  readonly id: number | string | null
  readonly verb: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Errors: usage `syntax`. */
export function parseRequest(line: string): ConsoleRequest {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new HearthError('usage', 'syntax', 'a request is one JSON object on one line', false, { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HearthError('usage', 'syntax', 'a request is a JSON object')
  }
  const fields = value as Record<string, unknown>
  const { id, do: verb } = fields
  return {
    id: typeof id === 'number' || typeof id === 'string' ? id : null,
    verb: typeof verb === 'string' ? verb : '',
    fields,
  }
}

/** Errors: usage `field`. */
export function textField(request: ConsoleRequest, name: string): string {
  const value = request.fields[name]
  if (typeof value !== 'string') throw missing(request, name, 'a text')
  return value
}

/** Row numbers, which some callers keep as texts. */
export function numberField(request: ConsoleRequest, name: string): number {
  const value = request.fields[name]
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw missing(request, name, 'a number')
  return number
}

/** base64url, padded or not. An absent field is empty. */
export function bytesField(request: ConsoleRequest, name: string): Uint8Array {
  const value = request.fields[name] ?? ''
  if (typeof value !== 'string') throw missing(request, name, 'base64url')
  try {
    return fromBase64url(value)
  } catch (error) {
    throw new HearthError('usage', 'field', `"${name}" is not base64url`, false, { cause: error })
  }
}

function missing(request: ConsoleRequest, name: string, form: string): HearthError {
  return new HearthError('usage', 'field', `"${request.verb}" wants "${name}" as ${form}`)
}
