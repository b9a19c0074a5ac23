import { useEffect } from 'react'
import type { SuperPeerView } from '../../core/host/contract/types.ts'
import { api } from './api.ts'
import { useHost } from './host.ts'

const NONE: readonly SuperPeerView[] = []
/** Signs of life are not told as changes: a screen that shows them asks. */
const INTERVAL = 30_000

async function refresh(group: number): Promise<void> {
  try {
    const list = await api().superPeers.list({ group })
    useHost.setState((state) => ({ superPeers: new Map(state.superPeers).set(group, list) }))
  } catch {
    // The next change, or the next round, brings it.
  }
}

/** The super-peers of a group, as they were added; fresh while a screen shows them. */
export function useSuperPeers(group: number): readonly SuperPeerView[] {
  const online = useHost((state) => state.connection === 'online')
  useEffect(() => {
    if (!online) return
    void refresh(group)
    const timer = setInterval(() => void refresh(group), INTERVAL)
    return () => clearInterval(timer)
  }, [group, online])
  return useHost((state) => state.superPeers.get(group) ?? NONE)
}
