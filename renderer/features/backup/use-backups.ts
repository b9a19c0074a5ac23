import { useCallback, useEffect, useState } from 'react'
import type { BackupStatus } from '../../../core/host/contract/backup.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'

const INTERVAL = 30_000

/** How it stands with backups; fresh while a screen shows it. */
export function useBackups(): { readonly status: BackupStatus | undefined; refresh(): void } {
  const online = useHost((state) => state.connection === 'online')
  const [status, setStatus] = useState<BackupStatus>()
  const refresh = useCallback(() => {
    api()
      .backup.status()
      .then(setStatus)
      .catch(() => {
        // The next round, or the next connection, brings it.
      })
  }, [])
  useEffect(() => {
    if (!online) return
    refresh()
    const timer = setInterval(refresh, INTERVAL)
    return () => clearInterval(timer)
  }, [online, refresh])
  return { status, refresh }
}
