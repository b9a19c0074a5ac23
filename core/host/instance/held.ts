import { equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import { wait } from '../../env/wait.ts'
import type { RouterAddress } from '../../smp/address.ts'
import { compareMark } from './compare.ts'
import type { InstanceContext } from './context.ts'
import { callMark, type Mark, type MarkContent } from './mark.ts'
import { type InstanceRow, knownOf } from './records.ts'
import type { HeldReason } from './view.ts'

/**
 * A copy that is not in use until it is known what became of the other one. It reads the mark and calls whoever listens
 * there, and does nothing else.
 */

export interface Finding {
  /**
   * - `clear`: no other copy can have sent anything that this database does not know of
   * - `silent`: the mark shows no later run than the backup, and nobody answers
   */
  readonly verdict: Exclude<HeldReason, 'checking'> | 'clear' | 'silent'
  readonly found: MarkContent | undefined
}

/** In the words of `InstanceView`. That another copy took over says more than that it runs: it is the one to keep. */
export function reasonOf(row: InstanceRow, { verdict, found }: Finding): HeldReason {
  if (verdict === 'running' && found !== undefined && judge(row, found) === 'superseded') return 'superseded'
  return verdict === 'silent' || verdict === 'clear' ? 'quiet' : verdict
}

/** `isOwn` says whether a router is the embedded one of this folder, which does not run now. */
export async function probe(context: InstanceContext, isOwn: (router: RouterAddress) => boolean): Promise<Finding> {
  const { mark, row } = context
  if (mark === undefined) {
    return { verdict: (await context.hasConnections()) ? withoutMark(row) : 'clear', found: undefined }
  }
  const found = await context.read(mark)
  if (found === undefined || found === null) {
    return { verdict: withoutAnswer(row, found === undefined && isOwn(mark.router)), found: undefined }
  }
  const answer = await answerTo(context, mark, found)
  return { verdict: answer === undefined ? judge(row, found) : 'running', found: answer ?? found }
}

function withoutMark(row: InstanceRow): Finding['verdict'] {
  if (row.state === 'superseded') return 'superseded'
  return row.state === 'copy' ? 'copied' : 'quiet'
}

/** Who ran on a copy of this folder would run its router, too: at its address nobody is. */
function withoutAnswer(row: InstanceRow, ownRouter: boolean): Finding['verdict'] {
  if (row.state === 'superseded') return 'superseded'
  if (row.state === 'copy') return 'copied'
  return ownRouter ? 'silent' : 'unreachable'
}

function judge(row: InstanceRow, found: MarkContent): Finding['verdict'] {
  const comparison = compareMark(found, knownOf(row))
  if (row.state === 'superseded' || comparison === 'foreign') return 'superseded'
  if (row.state === 'copy') return 'copied'
  if (comparison === 'later') return 'moved-on'
  return comparison === 'same' && row.stopped === 1 ? 'clear' : 'silent'
}

/** Calls, and waits for the mark to be written again. Undefined where nobody does. */
async function answerTo(context: InstanceContext, mark: Mark, before: MarkContent): Promise<MarkContent | undefined> {
  const { env, client, settings } = context
  try {
    await callMark({ env, client }, mark)
  } catch (error) {
    // Calls that nobody hears fill the queue: then, too, a copy in use would answer the first of them.
    if (!(error instanceof HearthError) || error.code !== 'QUOTA') throw error
  }
  const until = env.clock.monotonic() + settings.answerPatience
  while (env.clock.monotonic() < until) {
    await wait(env.clock, settings.answerInterval)
    const found = await context.read(mark)
    if (found !== undefined && found !== null && !isSame(found, before)) return found
  }
  return undefined
}

function isSame(a: MarkContent, b: MarkContent): boolean {
  return a.at === b.at && a.claim === b.claim && a.run === b.run && equal(a.runId, b.runId)
}
