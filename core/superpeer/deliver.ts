import type { GroupId } from '../group/api.ts'
import { type Group, groupById } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import { catchUp } from './catch-up.ts'
import type { SuperPeerContext } from './context.ts'
import { finishEnding } from './ending.ts'
import { formJob } from './form.ts'
import { deliverLastPage } from './last-page.ts'
import { deliverPage } from './page.ts'
import { groupsWithJobs, pendingJob } from './state/jobs.ts'
import { groupsCatchingUp } from './state/recipients.ts'
import { groupsWithTasks } from './state/tasks.ts'

/** How long a page waits for the network before those who hold it up are paused. */
const PATIENCE = 2000
/** Between two looks at whether the network has caught up. */
const LOOK = 20
/** After an error of the database. */
const RETRY = 1000

/**
 * The delivery engine: for each group with something to do one loop of short transactions, each of which forms a job,
 * delivers a page of it, and lets members catch up. What is left to do stands in the database alone.
 */
export interface Delivery {
  wake(group: GroupId): void
  start(): Promise<void>
  /** Waits for the transactions under way. */
  stop(): Promise<void>
}

interface Loop {
  again: boolean
  done: Promise<void>
}

export function createDelivery(context: SuperPeerContext): Delivery {
  const { clock } = context.env
  const loops = new Map<GroupId, Loop>()
  const naps = new Set<() => void>()
  let running = false

  function wake(group: GroupId): void {
    if (!running) return
    const loop = loops.get(group)
    if (loop !== undefined) {
      loop.again = true
      return
    }
    const started: Loop = { again: false, done: Promise.resolve() }
    loops.set(group, started)
    started.done = run(group, started)
  }

  async function run(group: GroupId, loop: Loop): Promise<void> {
    let waitingSince: number | undefined
    while (running) {
      loop.again = false
      try {
        const patience = waitingSince === undefined || clock.monotonic() - waitingSince < PATIENCE
        const { live, caughtUp } = await context.store.write((tx) => step(context, tx, group, patience))
        if (live === 'wait') waitingSince ??= clock.monotonic()
        else waitingSince = undefined
        if (live === 'idle' && !caughtUp && !loop.again) {
          loops.delete(group)
          return
        }
        if (live === 'wait' && !caughtUp) await nap(LOOK)
        else await new Promise<void>((resolve) => clock.soon(resolve))
      } catch (error) {
        context.env.log.error('delivery failed', { group, error: String(error) })
        await nap(RETRY)
      }
    }
    loops.delete(group)
  }

  /** Ends early when the engine stops. */
  function nap(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.timer(delay, end)
      function end(): void {
        timer.cancel()
        naps.delete(end)
        resolve()
      }
      naps.add(end)
    })
  }

  return {
    wake,
    start: async () => {
      running = true
      const groups = await context.store.read(async (tx) => [
        ...(await groupsWithTasks(tx)),
        ...(await groupsWithJobs(tx)),
        ...(await groupsCatchingUp(tx)),
      ])
      for (const { group } of groups) wake(group)
    },
    stop: async () => {
      running = false
      for (const end of naps) end()
      await Promise.all([...loops.values()].map(({ done }) => done))
    },
  }
}

interface StepResult {
  readonly live: 'more' | 'idle' | 'wait'
  readonly caughtUp: boolean
}

/** One transaction of a group: a page of the job under way, or of a new one, and some catching up. */
async function step(context: SuperPeerContext, tx: Tx, groupId: GroupId, patience: boolean): Promise<StepResult> {
  const group = await groupById(tx, groupId)
  if (group === undefined) return { live: 'idle', caughtUp: false }
  const live = await liveStep(context, tx, group, patience)
  return { live, caughtUp: await catchUp(context, tx, group) }
}

async function liveStep(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  patience: boolean,
): Promise<StepResult['live']> {
  let job = await pendingJob(tx, group.id)
  if (job === undefined) {
    if (!(await formJob(tx, group, context.env.clock.now()))) return 'idle'
    job = (await pendingJob(tx, group.id))!
  }
  if (job.scope === 'ending') {
    if (await deliverLastPage(context, tx, group, job)) await finishEnding(context, tx, group)
    return 'more'
  }
  const { state } = await deliverPage(context, tx, group, job, patience)
  return state === 'wait' ? 'wait' : 'more'
}
