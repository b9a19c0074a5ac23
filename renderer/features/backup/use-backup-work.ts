import { useCallback, useEffect, useRef, useState } from 'react'
import type { BackupProgress } from '../../../core/host/contract/backup.ts'
import type { Failure } from '../../host/errors.ts'
import { useCall } from '../../ui/call.ts'

type Step = Exclude<BackupProgress, { readonly step: 'done' }>

export interface BackupWork {
  readonly busy: boolean
  readonly failure: Failure | undefined
  readonly step: Step | undefined
  readonly done: Extract<BackupProgress, { readonly step: 'done' }> | undefined
  /** Resolves to true where it came to its end. */
  run(begin: (signal: AbortSignal) => Promise<AsyncIterable<BackupProgress>>): Promise<boolean>
  cancel(): void
}

/** Work on a backup that reports its steps; leaving the screen ends it. */
export function useBackupWork(): BackupWork {
  const call = useCall()
  const [step, setStep] = useState<Step>()
  const [done, setDone] = useState<BackupWork['done']>()
  const abort = useRef<AbortController>(undefined)
  const { clear, run } = call
  const cancel = useCallback(() => abort.current?.abort(), [])
  useEffect(() => cancel, [cancel])

  return {
    busy: call.busy,
    failure: call.failure,
    step,
    done,
    cancel,
    async run(begin) {
      const own = new AbortController()
      abort.current = own
      setDone(undefined)
      let finished = false
      await run(async () => {
        for await (const progress of await begin(own.signal)) {
          if (progress.step !== 'done') {
            setStep(progress)
            continue
          }
          setDone(progress)
          finished = true
        }
      })
      if (own.signal.aborted) clear()
      setStep(undefined)
      return finished
    },
  }
}
