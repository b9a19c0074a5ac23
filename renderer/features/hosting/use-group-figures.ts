import { useCallback, useState } from 'react'
import type { SuperPeerStatistics } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { refreshServing } from '../../state/serving.ts'
import { useRounds } from '../../ui/rounds.ts'

const INTERVAL = 5000

/** Fresh figures of one served group while its page is seen. */
export function useGroupFigures(group: number): SuperPeerStatistics | undefined {
  const [figures, setFigures] = useState<SuperPeerStatistics>()
  const take = useCallback(async () => {
    const fresh = await api().serving.statistics({ group })
    void refreshServing()
    return fresh
  }, [group])
  useRounds(INTERVAL, take, setFigures)
  return figures
}
