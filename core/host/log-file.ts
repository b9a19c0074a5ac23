import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs'
import { HearthError } from '../codec/error.ts'

/** Bytes after which the log begins a new file. The one before is kept as `….1`. */
const LARGEST = 8 * 1024 * 1024

export interface LogFile {
  write(line: string): void
}

/**
 * A file that is appended to, created 0600, and never grows beyond its limit: not every system that runs a host would
 * rotate it. What cannot be written is lost: a full disk should not end the host.
 * Errors: usage `configuration` where it cannot be opened.
 */
export function openLogFile(path: string, largest = LARGEST): LogFile {
  let file = open(path)

  function rotate(): void {
    try {
      renameSync(path, `${path}.1`)
    } catch {
      // Somebody has it open, on a system where that is in the way.
      ftruncateSync(file.descriptor)
      file.size = 0
      return
    }
    const full = file.descriptor
    file = open(path)
    closeSync(full)
  }

  return {
    write(line) {
      const bytes = Buffer.from(line)
      try {
        if (file.regular && file.size > 0 && file.size + bytes.length > largest) rotate()
        file.size += writeSync(file.descriptor, bytes)
      } catch {
        // There is nobody left to tell.
      }
    },
  }
}

function open(path: string): { readonly descriptor: number; readonly regular: boolean; size: number } {
  try {
    const descriptor = openSync(path, 'a', 0o600)
    const found = fstatSync(descriptor)
    return { descriptor, regular: found.isFile(), size: found.size }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new HearthError('usage', 'configuration', `cannot write the log ${path}: ${reason}`, false, { cause: error })
  }
}
