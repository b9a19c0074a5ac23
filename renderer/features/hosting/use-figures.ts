import { useCallback, useState } from 'react'
import type { HostStatus, SuperPeerStatistics } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useRounds } from '../../ui/rounds.ts'

/** The host's figures of a moment. */
export interface Sample {
  readonly status: HostStatus
  readonly serving: SuperPeerStatistics
}

export interface Figures extends Sample {
  /** Over the last seconds; undefined until there are two samples. */
  readonly deliveriesPerSecond: number | undefined
  /** Share of all processors, 0 to 1. */
  readonly processor: number | undefined
}

const INTERVAL = 2000
/** Rates are taken over so many samples: long enough not to flicker. */
const KEPT = 6

/** Fresh figures while the screen is seen. */
export function useFigures(): Figures | undefined {
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const give = useCallback((sample: Sample) => setSamples((kept) => after(kept, sample)), [])
  useRounds(INTERVAL, takeSample, give)
  return figuresOf(samples)
}

async function takeSample(): Promise<Sample> {
  const [status, serving] = await Promise.all([api().host.status(), api().serving.statistics({})])
  return { status, serving }
}

/** A host that started anew counts from the beginning. */
function after(kept: readonly Sample[], sample: Sample): readonly Sample[] {
  const same = kept.at(-1)?.status.startedAt === sample.status.startedAt
  return [...(same ? kept.slice(1 - KEPT) : []), sample]
}

function figuresOf(samples: readonly Sample[]): Figures | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const time = last.status.at - first.status.at
  const { processor } = last.status
  return {
    ...last,
    deliveriesPerSecond:
      time > 0 ? Math.max(0, ((last.serving.forwarded - first.serving.forwarded) * 1000) / time) : undefined,
    processor:
      time > 0 ? Math.min(1, (processor.used - first.status.processor.used) / time / processor.count) : undefined,
  }
}
