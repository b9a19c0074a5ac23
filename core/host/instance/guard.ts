import { asHearthError, HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import type { RouterAddress } from '../../smp/address.ts'
import type { Store, Tx } from '../../store/database.ts'
import { repeat } from '../repeat.ts'
import { createInstanceContext, GUARD_DEFAULTS, type GuardSettings } from './context.ts'
import { probe, reasonOf } from './held.ts'
import { createInUse } from './in-use.ts'
import { type InstanceRow, instanceRow, newId, setInstance } from './records.ts'
import type { HeldReason, InstanceView } from './view.ts'

/**
 * Keeps two hosts from running on copies of one database (docs/backup.md). It speaks to the router with the mark over a
 * session of its own, before anything else of the host speaks to anybody.
 */
export interface Guard {
  /**
   * Finds out whether this copy may be used. True: everything of the host may start. False: the host is held, and
   * `view` says why.
   */
  begin(): Promise<boolean>
  /** The router with the mark may have come up just now, being our own: looks again, before anything is sent. */
  lookAgain(): Promise<void>
  view(): InstanceView
  /** What ratchets protect must be made anew before anything is sent. */
  mustRenew(): boolean
  /** In the transaction that did so. */
  renewed(tx: Tx): Promise<void>
  /** Somebody else subscribed to a queue of ours. Resolves to true where this copy is still the one in use. */
  contested(): Promise<boolean>
  /** Makes the mark where there is none and something to lose. Never throws: without a router it comes later. */
  ensureMark(): Promise<void>
  /** Decides that the other copy is gone; takes effect at the next start. Errors: usage `in-use`, usage `running`. */
  takeOver(options: { readonly evenIfRunning: boolean }): Promise<void>
  /** The host ends in good order, its agent has stopped. */
  stop(): Promise<void>
}

/** What a note in the folder says of a restored database. */
export interface Restored {
  readonly restoredAt: number
  readonly backupCreatedAt: number
  readonly takeOver: boolean
}

export interface GuardDeps {
  readonly env: Env
  readonly store: Store
  /** Where a mark can be made; called when one is. */
  routers(): readonly RouterAddress[]
  readonly restored: Restored | undefined
  /** Is this the embedded router of this host, which does not run yet? */
  isOwnRouter(router: RouterAddress): boolean
  /** This copy was in use and must stop now. */
  lost(): void
  /** What `view` says has changed. */
  changed(): void
  /** Begin anew: this copy may be used now. */
  restart(): void
  readonly settings?: Partial<GuardSettings>
}

/**
 * What a person decided: nothing yet, that the other copy is gone, to take over even though it runs. `ask`: the other copy
 * was seen, and only a person may decide.
 */
const TAKE_OVER = { no: 0, ifSilent: 1, always: 2, ask: 3 } as const

/** `restored` is recorded when this resolves. */
export async function createGuard(deps: GuardDeps): Promise<Guard> {
  const { env, store } = deps
  const settings = { ...GUARD_DEFAULTS, ...deps.settings }
  const loaded = await store.write((tx) => load(tx, env, deps.restored))
  const context = createInstanceContext(env, store, settings, loaded)
  const inUse = createInUse(context, deps.routers, ({ otherAt: at }) => {
    otherAt = at
    reason = heldBy(context.row)
    const before = live
    live = false
    if (before) deps.lost()
  })
  const timers = new Set<{ cancel(): void }>()
  let live = false
  let stopped = false
  let reason: HeldReason = 'checking'
  let otherAt: number | undefined

  function setReason(next: HeldReason): void {
    if (reason === next) return
    reason = next
    deps.changed()
  }

  /**
   * True where this copy is, or becomes, the one in use. One that was restored goes on by itself where nothing speaks for
   * another copy; later on, or after one was seen, a person decides.
   */
  async function decide(atStart: boolean): Promise<boolean> {
    const finding = await probe(context, deps.isOwnRouter)
    const { verdict, found } = finding
    if (stopped) return false
    otherAt = found?.at
    const { row } = context
    const { take_over: decision } = row
    if (verdict === 'running' && decision === TAKE_OVER.no) await context.update({ take_over: TAKE_OVER.ask })
    const byPerson = decision === TAKE_OVER.always || (decision === TAKE_OVER.ifSilent && verdict !== 'running')
    const byItself = verdict === 'silent' && decision === TAKE_OVER.no && atStart
    if (verdict !== 'clear' && !byPerson && !byItself) {
      setReason(reasonOf(context.row, finding))
      return false
    }
    await context.update({
      id: newId(env.random),
      claim: Math.max(row.claim, found?.claim ?? 0) + 1,
      state: 'active',
      origin: null,
      take_over: TAKE_OVER.no,
      renew: verdict === 'clear' ? row.renew : 1,
      run: 0,
      run_id: newId(env.random),
      next_run_id: null,
      other_at: null,
    })
    otherAt = undefined
    env.log.warn('instance.claimed', { after: verdict })
    return true
  }

  async function probeAgain(): Promise<void> {
    try {
      if (await decide(false)) deps.restart()
    } catch (error) {
      env.log.error('instance.probe', { code: asHearthError(error, 'store', 'instance').code })
    }
  }

  function hold(): false {
    timers.add(repeat(env.clock, settings.probeInterval, () => void probeAgain()))
    return false
  }

  return {
    view: () => ({
      held: live ? undefined : reason,
      backupCreatedAt: context.row.backup_created_at ?? undefined,
      restoredAt: context.row.restored_at ?? undefined,
      otherAt: otherAt ?? context.row.other_at ?? undefined,
      checkedAt: context.checkedAt,
    }),
    async begin() {
      if (context.row.state !== 'active' && !(await decide(true))) return hold()
      await within(env, settings.startPatience, inUse.check())
      // From here on something may be sent that is not in the backups made before.
      if (context.row.state === 'active') await context.update({ stopped: 0 })
      if (context.row.state !== 'active') {
        void probeAgain()
        return hold()
      }
      live = true
      timers.add(repeat(env.clock, settings.markInterval, () => void inUse.ensureMark()))
      return true
    },
    lookAgain: () => within(env, settings.startPatience, inUse.check()),
    mustRenew: () => context.row.renew === 1,
    async renewed(tx) {
      const row = await setInstance(tx, { renew: 0 })
      tx.afterCommit(() => context.take(row))
    },
    async contested() {
      if (live) await inUse.check()
      return live
    },
    ensureMark: async () => {
      if (live) await inUse.ensureMark()
    },
    async takeOver({ evenIfRunning }) {
      if (live) throw new HearthError('usage', 'in-use', 'this copy is in use already')
      // What was seen a while ago may have been stopped since, as a person was asked to do.
      const seen = reason === 'running' || reason === 'superseded'
      if (seen && !evenIfRunning && (await probe(context, deps.isOwnRouter)).verdict === 'running') {
        throw new HearthError('usage', 'running', 'the other copy runs: stop it first')
      }
      await context.update({ take_over: evenIfRunning ? TAKE_OVER.always : TAKE_OVER.ifSilent })
      deps.restart()
    },
    async stop() {
      if (stopped) return
      stopped = true
      for (const timer of timers) timer.cancel()
      await context.client.close()
      await inUse.stop()
      if (live) await context.update({ stopped: 1 })
    },
  }
}

async function load(tx: Tx, env: Env, restored: Restored | undefined): Promise<InstanceRow> {
  const row = await instanceRow(tx, env.random)
  if (restored === undefined) return row
  return setInstance(tx, {
    id: newId(env.random),
    origin: row.origin ?? row.id,
    state: 'restored',
    restored_at: restored.restoredAt,
    backup_created_at: restored.backupCreatedAt,
    take_over: restored.takeOver ? TAKE_OVER.ifSilent : TAKE_OVER.no,
  })
}

function heldBy(row: InstanceRow): HeldReason {
  return row.state === 'copy' ? 'copied' : 'superseded'
}

/** Resolves with `work`, or after `patience`. */
function within(env: Env, patience: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = env.clock.timer(patience, resolve)
    void work.finally(() => {
      timer.cancel()
      resolve()
    })
  })
}
