import { useEffect, useState } from 'react'
import type { SuperPeerStatistics } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { refreshServing } from '../../state/serving.ts'

const INTERVAL = 5000

/** Fresh figures of one served group while its page is seen. */
export function useGroupFigures(group: number): SuperPeerStatistics | undefined {
  const online = useHost((state) => state.connection === 'online')
  const [figures, setFigures] = useState<SuperPeerStatistics>()
  useEffect(() => {
    if (!online) return
    let ended = false
    async function take(): Promise<void> {
      if (document.hidden) return
      try {
        const fresh = await api().serving.statistics({ group })
        if (!ended) setFigures(fresh)
        void refreshServing()
      } catch {
        // The next round, or the next connection, brings them.
      }
    }
    void take()
    const timer = setInterval(() => void take(), INTERVAL)
    return () => {
      ended = true
      clearInterval(timer)
    }
  }, [group, online])
  return figures
}
