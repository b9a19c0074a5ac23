import { Worker } from 'node:worker_threads'
import { HearthError } from '../../codec/error.ts'
import type { CopyReply, CopyWork } from './copy-worker.ts'
import type { BackupContent } from './manifest.ts'

/**
 * The work of copy.ts in a thread of its own, so that the host goes on meanwhile.
 * Errors: those of copy.ts; store `copy` where the thread fails.
 */
export function workOnCopy(work: CopyWork): Promise<BackupContent> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./copy-worker.ts', import.meta.url), { workerData: work })
    function failed(text: string): void {
      reject(new HearthError('store', 'copy', `the copy of the database cannot be used: ${text}`))
    }
    worker.once('message', (reply: CopyReply) => {
      if ('content' in reply) resolve(reply.content)
      else if ('damaged' in reply) reject(new HearthError('store', 'backup-damaged', reply.damaged))
      else failed(reply.error)
    })
    worker.once('error', (error) => failed(String(error)))
    worker.once('exit', () => failed('its thread ended'))
  })
}
