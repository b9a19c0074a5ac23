import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { HearthError } from '../../core/codec/error.ts'
import type { GuardSettings } from '../../core/host/instance/context.ts'
import { createGuard, type Guard, type Restored } from '../../core/host/instance/guard.ts'
import type { RunningRouter } from '../../core/router/server.ts'
import { openStore, type Store } from '../../core/store/database.ts'
import { env, localRouter, scratch } from '../support/agents.ts'

const folder = scratch()
let router: RunningRouter
const open: (() => Promise<void>)[] = []
let next = 0

beforeAll(async () => {
  router = await localRouter(join(folder.path, 'router'))
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
afterAll(async () => {
  await router.stop()
  folder.remove()
})

interface Copy {
  readonly path: string
  readonly store: Store
  readonly guard: Guard
  readonly events: string[]
  /** What `begin` said. */
  readonly used: boolean
  readonly held: () => string | undefined
  end(): Promise<void>
}

/** A host as far as its guard goes: `begin` decides, `end` is an orderly stop. */
async function start(path: string, restored?: Restored, settings?: Partial<GuardSettings>): Promise<Copy> {
  const store = await openStore(path, env.clock)
  await store.write((tx) =>
    tx.run("INSERT OR IGNORE INTO connections (conn, kind, agent_version, created_at) VALUES (1, 'contact', 7, 0)"),
  )
  const events: string[] = []
  const guard = await createGuard({
    env,
    store,
    routers: () => [router.address],
    restored,
    isOwnRouter: () => false,
    lost: () => void events.push('lost'),
    changed: () => void events.push(`changed ${guard.view().held}`),
    restart: () => void events.push('restart'),
    settings: {
      answerPatience: 600,
      answerInterval: 50,
      verifyDelay: 100,
      probeInterval: 500,
      markInterval: 50,
      retryFirst: 50,
      retryLongest: 200,
      ...settings,
    },
  })
  const used = await guard.begin()
  let ended = false
  async function end(): Promise<void> {
    if (ended) return
    ended = true
    await guard.stop()
    await store.close()
  }
  open.push(end)
  if (used) await guard.ensureMark()
  return { path, store, guard, events, used, held: () => guard.view().held, end }
}

function fresh(): string {
  return join(folder.path, `copy-${next++}.db`)
}

/** What a backup does. */
async function copyOf(store: Store): Promise<string> {
  const path = fresh()
  await store.snapshot(path)
  return path
}

const restored: Restored = { restoredAt: 2, backupCreatedAt: 1, takeOver: false }

describe('a database that is the only one', () => {
  test('is used, start after start', async () => {
    const path = fresh()
    for (let i = 0; i < 4; i++) {
      const copy = await start(path)
      expect(copy.used).toBe(true)
      await copy.end()
    }
  })

  test('is used after every crash, also between writing and remembering the mark', async () => {
    const path = fresh()
    await (await start(path)).end()
    for (let i = 0; i < 3; i++) {
      const copy = await start(path)
      expect(copy.used).toBe(true)
      // As if the process had ended after the router took the mark and before that was recorded.
      await copy.store.write(async (tx) => {
        await tx.run('UPDATE instance SET next_run_id = run_id')
        await tx.run('UPDATE instance SET run = run - 1, run_id = zeroblob(16)')
      })
      await copy.end()
    }
  })

  test('is used while its router is away, and after the router lost everything', async () => {
    const place = join(folder.path, 'other-router')
    let other = await localRouter(place)
    const { port } = other
    const path = fresh()
    const routerBefore = router
    router = other
    await (await start(path)).end()
    await other.stop()
    const alone = await start(path)
    expect(alone.used).toBe(true)
    await alone.end()
    other = await localRouter(join(folder.path, 'empty-router'), { port })
    router = other
    const after = await start(path)
    expect(after.used).toBe(true)
    await after.end()
    await other.stop()
    router = routerBefore
  })
})

describe('a restored database', () => {
  test('finds the original running, and leaves it alone', async () => {
    const original = await start(fresh())
    const copy = await start(await copyOf(original.store), restored)
    expect(copy.used).toBe(false)
    expect(copy.held()).toBe('running')
    expect(original.events).toEqual([])
    expect(await original.guard.contested()).toBe(true)
    await expect(copy.guard.takeOver({ evenIfRunning: false })).rejects.toMatchObject({ code: 'running' })
  })

  test('notices when the original stops, and when it comes back', async () => {
    const original = await start(fresh())
    const copy = await start(await copyOf(original.store), restored)
    expect(copy.held()).toBe('running')
    await original.end()
    await vi.waitFor(() => expect(copy.held()).toBe('quiet'), 5000)
    const again = await start(original.path)
    expect(again.used).toBe(true)
    await vi.waitFor(() => expect(copy.held()).toBe('running'), 5000)
  })

  test('takes over from an original that has just stopped, without waiting for the next look', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    const copy = await start(path, restored, { probeInterval: 3_600_000 })
    expect(copy.held()).toBe('running')
    await original.end()
    await copy.guard.takeOver({ evenIfRunning: false })
    expect(copy.events).toContain('restart')
    await copy.end()
    expect((await start(path)).used).toBe(true)
  })

  test('goes on by itself where nothing speaks for another copy, with everything made anew', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    await original.end()
    const copy = await start(path, restored)
    expect([copy.used, copy.guard.mustRenew()]).toEqual([true, true])
  })

  test('waits for a person once it has seen another copy, also after a restart', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    const copy = await start(path, restored)
    expect(copy.held()).toBe('running')
    await copy.end()
    await original.end()
    const later = await start(path)
    expect([later.used, later.held()]).toEqual([false, 'quiet'])
    expect(later.events).not.toContain('restart')
  })

  test('waits for a person where the original went on after the backup', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    await original.end()
    await (await start(original.path)).end()
    const later = await start(path, restored)
    expect([later.used, later.held()]).toEqual([false, 'moved-on'])
    expect(later.guard.view()).toMatchObject({ backupCreatedAt: 1, restoredAt: 2, otherAt: expect.any(Number) })
  })

  test('takes over when told to, and the original finds out at its first contact', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    await original.end()
    const copy = await start(path, { ...restored, takeOver: true })
    expect([copy.used, copy.guard.mustRenew()]).toEqual([true, true])
    const back = await start(original.path)
    expect([back.used, back.held()]).toEqual([false, 'superseded'])
    await back.end()
    const still = await start(original.path)
    // It runs, too; but which one to keep is what a person has to know.
    await vi.waitFor(() => expect(still.guard.view().otherAt).toBeTypeOf('number'), 5000)
    expect([still.used, still.held()]).toEqual([false, 'superseded'])
    await expect(still.guard.takeOver({ evenIfRunning: false })).rejects.toMatchObject({ code: 'running' })
    expect(copy.events).toEqual([])
    await copy.end()
    await still.guard.takeOver({ evenIfRunning: false })
    expect(still.events).toContain('restart')
  })

  test('does not take over from a running original unless it is told twice', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    const copy = await start(path, { ...restored, takeOver: true })
    expect([copy.used, copy.held()]).toEqual([false, 'running'])
    await copy.guard.takeOver({ evenIfRunning: true })
    expect(copy.events).toContain('restart')
    await copy.end()
    const again = await start(path)
    expect(again.used).toBe(true)
    await vi.waitFor(() => expect(original.events).toContain('lost'), 5000)
    expect(original.held()).toBe('superseded')
    expect(await original.guard.contested()).toBe(false)
  })

  test('goes on without a question where the original stood still and nothing came after', async () => {
    const original = await start(fresh())
    await original.end()
    const store = await openStore(original.path, env.clock)
    const path = await copyOf(store)
    await store.close()
    const copy = await start(path, restored)
    expect([copy.used, copy.guard.mustRenew()]).toEqual([true, false])
    const back = await start(original.path)
    expect([back.used, back.held()]).toEqual([false, 'superseded'])
  })

  test('knows of another restored copy that took over', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    const otherPath = await copyOf(original.store)
    await original.end()
    const first = await start(path, { ...restored, takeOver: true })
    await first.end()
    const second = await start(otherPath, restored)
    expect([second.used, second.held()]).toEqual([false, 'superseded'])
  })

  test('without a mark waits for a person, unless it has nothing to lose', async () => {
    const path = fresh()
    const store = await openStore(path, env.clock)
    await store.close()
    const copy = await start(path, restored)
    expect(copy.held()).toBe('quiet')
    await copy.store.write((tx) => tx.run('DELETE FROM connections'))
    await vi.waitFor(() => expect(copy.events).toContain('restart'), 5000)
  })

  test('does not know while the router with the mark is away', async () => {
    const other = await localRouter(join(folder.path, 'away-router'))
    const routerBefore = router
    router = other
    const original = await start(fresh())
    const path = await copyOf(original.store)
    await original.end()
    await other.stop()
    router = routerBefore
    const copy = await start(path, restored)
    expect([copy.used, copy.held()]).toEqual([false, 'unreachable'])
    await copy.end()
    const told = await start(path, { ...restored, takeOver: true })
    expect(told.used).toBe(true)
  })
})

describe('a folder copied by hand', () => {
  test('is found out where the first goes on', async () => {
    const original = await start(fresh())
    await original.end()
    const store = await openStore(original.path, env.clock)
    const path = await copyOf(store)
    await store.close()
    const again = await start(original.path)
    expect(again.used).toBe(true)
    const copy = await start(path)
    expect([copy.used, again.events]).toEqual([false, []])
    expect(copy.held()).toBe('copied')
    await vi.waitFor(() => expect(copy.held()).toBe('running'), 5000)
  })

  test('is found out by the first where the copy started later', async () => {
    const original = await start(fresh())
    const path = await copyOf(original.store)
    const copy = await start(path)
    expect(copy.used).toBe(true)
    await vi.waitFor(() => expect(original.events).toContain('lost'), 5000)
    expect(original.held()).toBe('copied')
    expect(copy.events).toEqual([])
  })
})

test('a lower claim that was written over a higher one is put right', async () => {
  const original = await start(fresh())
  const path = await copyOf(original.store)
  await original.end()
  const copy = await start(path, { ...restored, takeOver: true })
  expect(copy.used).toBe(true)
  // The original reads the mark before the claim and writes after it: here it never looks at all.
  const store = await openStore(original.path, env.clock)
  const { createInstanceContext, GUARD_DEFAULTS } = await import('../../core/host/instance/context.ts')
  const { writeMark } = await import('../../core/host/instance/mark.ts')
  const { instanceRow } = await import('../../core/host/instance/records.ts')
  const row = await store.write((tx) => instanceRow(tx, env.random))
  const context = createInstanceContext(env, store, GUARD_DEFAULTS, row)
  const mark = context.mark
  if (mark === undefined) throw new HearthError('usage', 'test', 'no mark')
  await writeMark({ env, client: context.client }, mark, {
    instance: row.id,
    claim: row.claim,
    run: row.run + 1,
    runId: env.random(16),
    at: 0,
  })
  await context.client.close()
  await store.close()
  const back = await start(original.path)
  await vi.waitFor(() => expect(back.held()).toBe('superseded'), 5000)
  expect(await copy.guard.contested()).toBe(true)
})
