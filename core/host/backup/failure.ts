import { HearthError } from '../../codec/error.ts'

/** The file is not what was written: cut short, changed, or with something added. */
export function damaged(what: string): HearthError {
  return new HearthError('store', 'backup-damaged', `this backup is damaged: ${what}`)
}

/** The file (or the folder) cannot be read or written: `reason` is the system's code. */
export function fileFailure(path: string, error: unknown): HearthError {
  if (error instanceof HearthError) return error
  const reason = (error as NodeJS.ErrnoException).code ?? String(error)
  const full = reason === 'ENOSPC' || reason === 'EDQUOT'
  const what = full ? `there is no room left for ${path}` : `cannot use ${path}: ${reason}`
  return new HearthError('store', full ? 'full' : 'backup-file', what, full, { cause: error })
}
