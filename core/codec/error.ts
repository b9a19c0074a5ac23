/**
 * The one error taxonomy (design §10). `kind` names the layer that failed, `code` the precise reason, and
 * `temporary` whether repeating the same step later can succeed. Messages never contain keys, links or bodies.
 */
export type ErrorKind = 'codec' | 'crypto' | 'network' | 'router' | 'protocol' | 'store' | 'usage'

export class HearthError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly temporary: boolean

  constructor(kind: ErrorKind, code: string, message = code, temporary = false, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HearthError'
    this.kind = kind
    this.code = code
    this.temporary = temporary
  }
}

/** What a decoder throws, and the only thing it throws: the input is truncated, oversized or not of the form. */
export class CodecError extends HearthError {
  constructor(code: 'truncated' | 'trailing' | 'oversize' | 'syntax' | 'range', message: string) {
    super('codec', code, message)
    this.name = 'CodecError'
  }
}

/** What `decode` returns; undefined where it finds its input malformed. */
export function unlessMalformed<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof CodecError) return undefined
    throw error
  }
}

/** Narrows an unknown failure; anything that is not ours becomes `fallback` with the original as its cause. */
export function asHearthError(error: unknown, kind: ErrorKind, code: string): HearthError {
  if (error instanceof HearthError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new HearthError(kind, code, message, false, { cause: error })
}
