import { ORPCError } from '@orpc/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Failure, failureOf } from '../../host/errors.ts'
import { api } from '../../state/api.ts'

interface RouterTest {
  readonly busy: boolean
  /** Milliseconds; undefined before a test has passed. */
  readonly roundTrip: number | undefined
  readonly failure: Failure | undefined
  /** Resolves to true where the router passed. */
  start(): Promise<boolean>
}

/** Tries a router: connects, makes a queue and deletes it. */
export function useRouterTest(address: string): RouterTest {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [roundTrip, setRoundTrip] = useState<number>()
  const [failure, setFailure] = useState<Failure>()

  async function start(): Promise<boolean> {
    setBusy(true)
    setFailure(undefined)
    setRoundTrip(undefined)
    try {
      setRoundTrip((await api().routers.test({ address })).roundTrip)
      return true
    } catch (error) {
      const { code } = error instanceof ORPCError ? ((error.data as { code?: string } | undefined) ?? {}) : {}
      const plain = failureOf(error, t)
      const text = t([`settings.routers.error.${code}`, ''], { defaultValue: plain.text })
      setFailure({ ...plain, text: text === '' ? plain.text : text })
      return false
    } finally {
      setBusy(false)
    }
  }

  return { busy, roundTrip, failure, start }
}
