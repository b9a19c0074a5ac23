import { parentPort, workerData } from 'node:worker_threads'
import { HearthError } from '../../codec/error.ts'
import { type DatabaseCopy, inspectCopy, prepareCopy } from './copy.ts'
import type { BackupContent } from './manifest.ts'

/** A thread that does one piece of work of copy.ts and ends. */
export type CopyWork =
  | { readonly type: 'prepare'; readonly path: string; readonly media: boolean }
  | { readonly type: 'inspect'; readonly database: DatabaseCopy }

export type CopyReply = { readonly content: BackupContent } | { readonly damaged: string } | { readonly error: string }

function perform(work: CopyWork): CopyReply {
  try {
    return { content: work.type === 'prepare' ? prepareCopy(work.path, work) : inspectCopy(work.database) }
  } catch (error) {
    if (error instanceof HearthError && error.code === 'backup-damaged') return { damaged: error.message }
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.postMessage(perform(workerData as CopyWork))
