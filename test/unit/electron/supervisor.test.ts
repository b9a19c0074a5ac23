import { expect, test, vi } from 'vitest'
import { createLogTail } from '../../../electron/host/log-tail.ts'
import type { HostExit, HostProcess } from '../../../electron/host/process.ts'
import { createSupervisor, type HostState } from '../../../electron/host/supervisor.ts'

/** A machine whose hosts the test starts, ends and silences, on a clock of its own. */
function machine() {
  let now = 0
  let timers: { at: number; task: () => void }[] = []
  const world = {
    runs: [] as ReturnType<typeof run>[],
    running: undefined as { url: string; token: string } | undefined,
    alive: true,
    launchError: undefined as Error | undefined,
    states: [] as HostState[],
    async pass(span: number) {
      const until = now + span
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        timers = timers.filter((timer) => timer !== next)
        now = next.at
        next.task()
        await settle()
      }
      now = until
    },
  }
  function run() {
    const ready = Promise.withResolvers<string>()
    const exit = Promise.withResolvers<HostExit>()
    const process: HostProcess = {
      ready: ready.promise,
      exit: exit.promise,
      stop: vi.fn(async () => {
        exit.resolve({ code: 0, signal: null })
        await exit.promise
      }),
      kill: vi.fn(() => exit.resolve({ code: null, signal: 'SIGKILL' })),
    }
    return { process, ready: () => ready.resolve('ws://127.0.0.1:1'), end: exit.resolve }
  }
  const log = createLogTail()
  const supervisor = createSupervisor({
    async launch() {
      if (world.launchError !== undefined) throw world.launchError
      const started = run()
      world.runs.push(started)
      return started.process
    },
    damaged: (error) => (error as Error).message === 'changed',
    find: async () => world.running,
    access: async (url) => ({ url, token: 'secret' }),
    answers: async () => world.alive,
    log,
    timers: {
      now: () => now,
      after(delay, task) {
        const timer = { at: now + delay, task }
        timers.push(timer)
        return () => {
          timers = timers.filter((other) => other !== timer)
        }
      },
    },
  })
  supervisor.onState((state) => world.states.push(state))
  return { world, supervisor, log, last: () => world.runs.at(-1) as ReturnType<typeof run> }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
}

test('starts a host and says where it is', async () => {
  const { supervisor, last } = machine()
  supervisor.start()
  const access = supervisor.access()
  await settle()
  expect(supervisor.state).toEqual({ kind: 'starting' })
  last().ready()
  await expect(access).resolves.toEqual({ url: 'ws://127.0.0.1:1', token: 'secret' })
  expect(supervisor.state).toEqual({ kind: 'running', own: true })
  expect(supervisor.url).toBe('ws://127.0.0.1:1')
})

test('a host that ends is started again, after growing pauses', async () => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  for (const pause of [1000, 2000, 4000, 8000]) {
    last().end({ code: 1, signal: null })
    await settle()
    expect(supervisor.state.kind).toBe('waiting')
    const before = world.runs.length
    await world.pass(pause - 1)
    expect(world.runs).toHaveLength(before)
    await world.pass(1)
    expect(world.runs).toHaveLength(before + 1)
  }
})

test('one that ran for a while begins with the shortest pause again', async () => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().end({ code: 1, signal: null })
  await world.pass(1000)
  last().end({ code: 1, signal: null })
  await world.pass(2000)
  last().ready()
  await world.pass(60_000)
  last().end({ code: null, signal: 'SIGSEGV' })
  await settle()
  expect(supervisor.state).toEqual({ kind: 'waiting', failures: 1, problem: 'ended' })
  expect(supervisor.url).toBeUndefined()
})

test.each([
  [65, 'newer'],
  [78, 'configuration'],
] as const)('exit code %i is not tried again before a person did something', async (code, problem) => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().end({ code, signal: null })
  await settle()
  expect(supervisor.state).toEqual({ kind: 'failed', problem })
  await world.pass(3_600_000)
  expect(world.runs).toHaveLength(1)
  supervisor.retry()
  await settle()
  expect(world.runs).toHaveLength(2)
})

test('data in use by another is waited for', async () => {
  const { supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().end({ code: 75, signal: null })
  await settle()
  expect(supervisor.state).toEqual({ kind: 'waiting', failures: 1, problem: 'locked' })
})

test('a changed package is not started', async () => {
  const { world, supervisor, log } = machine()
  world.launchError = new Error('changed')
  supervisor.start()
  await settle()
  expect(supervisor.state).toEqual({ kind: 'failed', problem: 'damaged' })
  expect(log.text()).toContain('changed')
})

test('a program that cannot be started says so', async () => {
  const { supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().end({ code: null, signal: null, error: 'ENOENT' })
  await settle()
  expect(supervisor.state).toEqual({ kind: 'failed', problem: 'missing' })
})

test('a host that runs already is used and left alone', async () => {
  const { world, supervisor } = machine()
  world.running = { url: 'ws://127.0.0.1:2', token: 'other' }
  supervisor.start()
  await settle()
  expect(supervisor.state).toEqual({ kind: 'running', own: false })
  expect(world.runs).toHaveLength(0)
  await supervisor.stop()
  expect(supervisor.state).toEqual({ kind: 'stopped' })
})

test('where it ends, an own one takes its place', async () => {
  const { world, supervisor } = machine()
  world.running = { url: 'ws://127.0.0.1:2', token: 'other' }
  supervisor.start()
  await settle()
  world.running = undefined
  world.alive = false
  await world.pass(30_000)
  expect(world.runs).toHaveLength(1)
})

test('a host that stops answering is ended and started again', async () => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().ready()
  await settle()
  world.alive = false
  await world.pass(90_000)
  expect(last().process.kill).not.toHaveBeenCalled()
  await world.pass(30_000)
  expect(last().process.kill).toHaveBeenCalledOnce()
  expect(supervisor.state.kind).toBe('waiting')
})

test('one that answers again in time is left alone', async () => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().ready()
  await settle()
  world.alive = false
  await world.pass(90_000)
  world.alive = true
  await world.pass(30_000)
  world.alive = false
  await world.pass(90_000)
  expect(last().process.kill).not.toHaveBeenCalled()
})

test('one that started anew at another address is found there', async () => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().ready()
  await settle()
  world.alive = false
  world.running = { url: 'ws://127.0.0.1:9', token: 'secret' }
  await expect(supervisor.access()).resolves.toEqual(world.running)
  expect(supervisor.url).toBe('ws://127.0.0.1:9')
  expect(supervisor.state).toEqual({ kind: 'running', own: true })
})

test('waking up does not wait out a pause', async () => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().end({ code: 1, signal: null })
  await settle()
  supervisor.check()
  await settle()
  expect(world.runs).toHaveLength(2)
  await world.pass(10_000)
  expect(world.runs).toHaveLength(2)
})

test('stops in good order, once, and does not start again', async () => {
  const { world, supervisor, last } = machine()
  supervisor.start()
  await settle()
  last().ready()
  await settle()
  await Promise.all([supervisor.stop(), supervisor.stop()])
  expect(last().process.stop).toHaveBeenCalledOnce()
  expect(world.states.map(({ kind }) => kind)).toEqual(['starting', 'running', 'stopping', 'stopped'])
  await world.pass(3_600_000)
  expect(world.runs).toHaveLength(1)
})

test('a stop while a host is being started ends that one too', async () => {
  const { supervisor, last } = machine()
  supervisor.start()
  await supervisor.stop()
  await settle()
  expect(supervisor.state).toEqual({ kind: 'stopped' })
  expect(last()?.process.stop ?? vi.fn()).not.toHaveBeenCalledTimes(2)
})
