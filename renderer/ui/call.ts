import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Failure, failureOf } from '../host/errors.ts'

interface Call {
  readonly busy: boolean
  readonly failure: Failure | undefined
  /** Runs a call of the host; resolves to false where it failed, and `failure` says why. */
  run(work: () => Promise<unknown>): Promise<boolean>
  clear(): void
}

/** One action of a screen: whether it is under way, and in words why it failed. */
export function useCall(): Call {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const run = useCallback(
    async (work: () => Promise<unknown>) => {
      setBusy(true)
      setFailure(undefined)
      try {
        await work()
        return true
      } catch (error) {
        setFailure(failureOf(error, t))
        return false
      } finally {
        setBusy(false)
      }
    },
    [t],
  )
  return { busy, failure, run, clear: useCallback(() => setFailure(undefined), []) }
}
