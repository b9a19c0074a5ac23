import { equal } from '../../codec/bytes.ts'
import type { MarkContent } from './mark.ts'

/** What a database knows of the instance that it is, or was before it was restored. */
export interface Known {
  readonly instance: Uint8Array
  readonly claim: number
  readonly run: number
  readonly runId: Uint8Array
  /** Of a start whose mark may or may not have reached the router. */
  readonly nextRunId: Uint8Array | undefined
}

/**
 * - `same`: the last run that this database knows of
 * - `next`: the one that was being written when the process ended
 * - `older`: the router went back in time, or a lower claim was written over ours
 * - `later`: this instance ran on after what this database knows
 * - `foreign`: another instance took over
 */
export type Comparison = 'same' | 'next' | 'older' | 'later' | 'foreign'

/** Compares what the mark says with what the database knows. */
export function compareMark(found: MarkContent, known: Known): Comparison {
  if (found.claim !== known.claim) return found.claim < known.claim ? 'older' : 'foreign'
  if (!equal(found.instance, known.instance)) return 'foreign'
  if (found.run < known.run) return 'older'
  if (found.run === known.run) return equal(found.runId, known.runId) ? 'same' : 'later'
  const isNext = known.nextRunId !== undefined && equal(found.runId, known.nextRunId)
  return found.run === known.run + 1 && isNext ? 'next' : 'later'
}
