import { asHearthError } from '../../codec/error.ts'
import type { Timer } from '../../env/env.ts'
import type { RouterAddress } from '../../smp/address.ts'
import { type Comparison, compareMark } from './compare.ts'
import type { InstanceContext } from './context.ts'
import { callMark, createMark, type Mark, type MarkContent, writeMark } from './mark.ts'
import { knownOf, newId } from './records.ts'

/** A copy that is in use: it writes every run into the mark, and looks whenever somebody else may have. */
export interface InUse {
  /** Looks at the mark; once more after the look under way, where something happened meanwhile. Never throws. */
  check(): Promise<void>
  /** Makes a mark where there is none and something to lose. Never throws. */
  ensureMark(): Promise<void>
  stop(): Promise<void>
}

/** Why this copy is in use no more. */
export interface Loss {
  readonly state: 'superseded' | 'copy'
  /** When the other copy wrote the mark. */
  readonly otherAt: number
}

export function createInUse(
  context: InstanceContext,
  routers: () => readonly RouterAddress[],
  lose: (loss: Loss) => void,
): InUse {
  const { env, client, settings } = context
  const network = { env, client }
  /** The mark shows this run. */
  let entered = false
  /** Somebody waits for the mark to be written again. */
  let asked = false
  /** We have been subscribed: the next time, something may have happened in between. */
  let subscribed = false
  let stopped = false
  let checking: Promise<void> | undefined
  let again = false
  let making: Promise<void> | undefined
  let retry: Timer | undefined
  let retryDelay = settings.retryFirst

  const listener = {
    taken: () => void check(),
    called() {
      asked = true
      void check()
    },
    gone: () => void check(),
    subscribed() {
      if (subscribed) void check()
      subscribed = true
    },
  }

  function isOver(): boolean {
    return stopped || context.row.state !== 'active'
  }

  function check(): Promise<void> {
    if (isOver()) return Promise.resolve()
    again = true
    checking ??= run().finally(() => {
      checking = undefined
    })
    return checking
  }

  async function run(): Promise<void> {
    retry?.cancel()
    try {
      while (again && !isOver()) {
        again = false
        await checkOnce()
      }
    } catch (error) {
      const failure = asHearthError(error, 'store', 'instance')
      env.log.warn('instance.check', { kind: failure.kind, code: failure.code })
      checkLater()
    }
  }

  function later(delay: number): void {
    if (isOver()) return
    retry?.cancel()
    retry = env.clock.timer(delay, () => void check())
  }

  function checkLater(): void {
    later(retryDelay)
    retryDelay = Math.min(retryDelay * 2, settings.retryLongest)
  }

  async function checkOnce(): Promise<void> {
    const { mark } = context
    if (mark === undefined) return
    const found = await context.read(mark)
    if (stopped) return
    if (found === undefined) return checkLater()
    if (found === null) return forgetMark()
    const comparison = compareMark(found, knownOf(context.row))
    if (comparison === 'foreign' || comparison === 'later') {
      const state = comparison === 'foreign' ? 'superseded' : 'copy'
      await context.update({ state, other_at: found.at })
      env.log.warn('instance.lost', { state })
      return lose({ state, otherAt: found.at })
    }
    if (!entered) {
      await enter(mark, comparison)
      // Another copy may have written at the same moment.
      later(settings.verifyDelay)
    } else if (comparison === 'older' || asked) {
      await writeMark(network, mark, content(context.row.run, context.row.run_id))
      if (comparison === 'older') await call(mark)
    }
    asked = false
    retryDelay = settings.retryFirst
    if (context.mark === mark) watch(mark)
  }

  function content(run: number, runId: Uint8Array): MarkContent {
    const { id, claim } = context.row
    return { instance: id, claim, run, runId, at: env.clock.now() }
  }

  /** Writes this run into the mark. Its id is stored before: after a crash in between it is no stranger's. */
  async function enter(mark: Mark, comparison: Comparison): Promise<void> {
    const { row } = context
    if (comparison === 'next' && row.next_run_id !== null) {
      await context.update({ run: row.run + 1, run_id: row.next_run_id, next_run_id: null })
    }
    const run = context.row.run + 1
    const runId = context.row.next_run_id ?? newId(env.random)
    await context.update({ next_run_id: runId })
    if (!(await writeMark(network, mark, content(run, runId)))) return forgetMark()
    await context.update({ run, run_id: runId, next_run_id: null })
    entered = true
    await call(mark)
  }

  /** Whoever else uses the database hears of us at once, and not only when the router tells of the subscription. */
  async function call(mark: Mark): Promise<void> {
    try {
      await callMark(network, mark)
    } catch (error) {
      env.log.debug('instance.call', { code: asHearthError(error, 'network', 'call').code })
    }
  }

  /** Stays subscribed: whoever else subscribes makes us look. */
  function watch(mark: Mark): void {
    const { router, queue } = mark
    subscribed = client.subscriptionState(router, queue.recipientId) === 'active'
    context.listener = listener
    client.subscribe(router, [queue])
  }

  /** The router lost it: another one is made. */
  async function forgetMark(): Promise<void> {
    entered = false
    await context.setMark(undefined, { next_run_id: null })
    void ensureMark()
  }

  async function ensureMark(): Promise<void> {
    if (isOver() || context.mark !== undefined) return
    making ??= makeMark()
      .catch((error: unknown) => {
        env.log.error('instance.no-mark', { code: asHearthError(error, 'store', 'instance').code })
      })
      .finally(() => {
        making = undefined
      })
    await making
  }

  async function makeMark(): Promise<void> {
    if (!(await context.hasConnections())) return
    for (const router of shuffled(routers())) {
      const run = context.row.run + 1
      const runId = newId(env.random)
      try {
        const mark = await createMark(network, router, content(run, runId))
        await context.setMark(mark, { run, run_id: runId, next_run_id: null })
        entered = true
        watch(mark)
        return
      } catch (error) {
        const failure = asHearthError(error, 'network', 'mark')
        if (failure.kind === 'store') throw failure
        env.log.info('instance.no-mark', { kind: failure.kind, code: failure.code })
      }
    }
  }

  function shuffled(all: readonly RouterAddress[]): RouterAddress[] {
    const order = all.map((router) => ({ router, at: env.random(1)[0]! }))
    return order.sort((a, b) => a.at - b.at).map(({ router }) => router)
  }

  return {
    check,
    ensureMark,
    async stop() {
      stopped = true
      retry?.cancel()
      await Promise.all([checking, making])
    },
  }
}
