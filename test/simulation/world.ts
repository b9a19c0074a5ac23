import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from '../../core/env/env.ts'
import { createLinks, type LinkProfile, type Links, QUICK_LINK } from './links.ts'
import { capturingLog, type LogLine, type Machine, type Trace } from './machine.ts'
import { createVirtualNetwork } from './network.ts'
import { type Randomness, seededRandom } from './random.ts'
import { createSchedule } from './schedule.ts'

/**
 * A world of hosts on one virtual clock, in one process (design §5.3).
 *
 * Everything that happens is a task of a schedule: a timer, a piece of bytes that arrives, a step that yielded with
 * `soon`. The world takes one task, runs it, waits until every promise that it set free has run (one turn of the real
 * event loop: promises are microtasks), and takes the next. The clock stands still while something can run and jumps
 * to the next task when all hosts are idle. Tasks are ordered by time, then, for one time, by a rank of the hosts drawn
 * from the seed, then by age. Nothing else decides an order, and all that varies is drawn from the seed, so the
 * same seed yields the same world, byte for byte; `digest` proves it. Code that runs here must not wait for anything
 * but promises and its Env: no worker threads, no asynchronous files.
 */
export interface World {
  readonly seed: number | string
  /** Virtual milliseconds since the beginning. */
  readonly now: number
  readonly links: Links
  readonly log: readonly LogLine[]
  readonly connections: number
  /** For the script of a scenario: faults and choices from the same seed. */
  readonly random: Randomness
  /** The host's Env; after a crash, that of its next life. */
  host(name: string, options?: HostOptions): Env
  /**
   * An existing folder for the files of the host's present life. A crash leaves the next life a copy of what the files
   * held at that instant, as `kill -9` would.
   */
  disk(name: string): string
  /** Ends the host at once: its timers and connections die, nothing of it runs again. */
  crash(name: string, options?: CrashOptions): void
  /** Crashes the host at the `uses`-th use of its Env from now, in the middle of whatever it is doing then. */
  crashAfter(name: string, uses: number, crashed?: () => void): void
  alive(name: string): boolean
  /** Breaks all connections between two hosts. */
  cut(a: string, b: string): void
  /** Runs `task` of the scenario at that time. */
  at(time: number, task: () => void): void
  /** Something is wrong: whoever runs the world is told at once. */
  fail(error: unknown): void
  runFor(duration: number): Promise<void>
  /** Runs until `condition` holds; fails when it does not within `limit` milliseconds. */
  runUntil(condition: () => boolean, limit?: number): Promise<void>
  /** Runs until `promise` settles. */
  wait<T>(promise: Promise<T>, limit?: number): Promise<T>
  /** Of everything that happened. */
  digest(): string
  /** The last things that happened, for a failure's report. */
  readonly recent: readonly string[]
  /** Removes the files of all hosts. */
  dispose(): void
}

export interface HostOptions {
  /** Milliseconds that the host's calendar clock is off. */
  readonly skew?: number
}

export interface CrashOptions {
  /** Without power nobody says goodbye: peers find out by themselves. */
  readonly silent?: boolean
}

export interface WorldOptions {
  readonly link?: Partial<LinkProfile>
  /** Calendar time of the beginning, milliseconds since 1970. */
  readonly epoch?: number
}

export class SimulationError extends Error {}

const EPOCH = Date.UTC(2026, 0, 1)
/** So many tasks at one instant mean that something yields for ever. */
const STANDSTILL = 200_000
const RECENT = 400
const DEFAULT_LIMIT = 600_000
const nextTurn = setImmediate

interface Host {
  readonly index: number
  readonly name: string
  readonly skew: number
  lives: number
  machine: Machine | undefined
  env: Env | undefined
  crashIn: number
  crashed: (() => void) | undefined
}

export function createWorld(seed: number | string, options: WorldOptions = {}): World {
  const schedule = createSchedule()
  const hosts = new Map<string, Host>()
  const lines: LogLine[] = []
  const random = seededRandom(seed, 'script')
  const rankSeed = seededRandom(seed, 'rank').u32()
  const epoch = options.epoch ?? EPOCH
  let now = 0
  let failed: { readonly error: unknown } | undefined
  let folder: string | undefined
  const trace = createTrace(() => now)
  const links = createLinks(seededRandom(seed, 'links'), { ...QUICK_LINK, ...options.link }, () => network.unblock())
  const network = createVirtualNetwork(
    {
      links,
      random: seededRandom(seed, 'network'),
      trace,
      now: () => now,
      living: (name) => hosts.get(name)?.machine,
    },
    (name) => hosts.has(name),
  )

  function born(host: Host): Env {
    const life = ++host.lives
    const machine: Machine = {
      name: host.name,
      life,
      alive: true,
      random: seededRandom(seed, `${host.name}/${life}`),
      after(delay, task) {
        const time = now + Math.max(delay, 0)
        const rank = Math.imul(rankSeed ^ (host.index + 1), 0x9e3779b1) ^ Math.floor(time * 16)
        return schedule.add(time, mix(rank), () => {
          if (machine.alive) task()
        })
      },
      touch() {
        if (machine.alive && host.crashIn > 0 && --host.crashIn === 0) {
          crash(host.name)
          host.crashed?.()
        }
        return machine.alive
      },
    }
    const start = now
    host.machine = machine
    host.env = {
      clock: {
        now: () => Math.floor(epoch + now + host.skew),
        monotonic: () => now - start,
        timer(delay, task) {
          machine.touch()
          const timer = machine.after(Math.max(delay, 1), task)
          return {
            cancel() {
              timer.run = undefined
            },
          }
        },
        soon(task) {
          machine.touch()
          machine.after(0, task)
        },
      },
      random(size) {
        machine.touch()
        return machine.random.bytes(size)
      },
      network: network.of(machine),
      log: capturingLog((line) => {
        if (!machine.alive) return
        lines.push({ time: now, host: host.name, ...line })
        trace.note(host.name, `${line.level} ${line.event}`, JSON.stringify(line.fields))
      }),
    }
    trace.note(host.name, `life ${life}`)
    return host.env
  }

  function crash(name: string, { silent = false }: CrashOptions = {}): void {
    const host = hosts.get(name)
    const machine = host?.machine
    if (host === undefined || machine === undefined) return
    trace.note(name, 'crash')
    const before = diskOf(host)
    machine.alive = false
    host.machine = undefined
    host.env = undefined
    host.crashIn = 0
    network.lost(machine, silent)
    if (before !== undefined && existsSync(before)) cpSync(before, diskPath(host, host.lives + 1), { recursive: true })
  }

  function diskPath(host: Host, life: number): string {
    return join(folder!, `${host.index}-${life}`)
  }

  function diskOf(host: Host): string | undefined {
    return folder === undefined ? undefined : diskPath(host, host.lives)
  }

  async function run(limit: number, done: () => boolean): Promise<void> {
    let standing = 0
    for (;;) {
      await new Promise<void>((resolve) => nextTurn(resolve))
      if (failed !== undefined) throw failure(String(failed.error), failed.error)
      if (done()) return
      const task = schedule.next(limit)
      if (task === undefined) {
        now = Math.max(now, limit)
        return
      }
      standing = task.time > now ? 0 : standing + 1
      if (standing > STANDSTILL) throw failure(`${STANDSTILL} tasks ran and the clock stands still`)
      now = Math.max(now, task.time)
      const work = task.run!
      task.run = undefined
      work()
    }
  }

  function failure(message: string, cause?: unknown): SimulationError {
    const recent = trace.recent.slice(-40).join('\n')
    return new SimulationError(`seed ${seed} at ${now.toFixed(1)} ms: ${message}\n${recent}`, { cause })
  }

  function find(name: string, skew = 0): Host {
    let host = hosts.get(name)
    if (host === undefined) {
      const index = hosts.size
      host = { index, name, skew, lives: 0, machine: undefined, env: undefined, crashIn: 0, crashed: undefined }
      hosts.set(name, host)
    }
    return host
  }

  return {
    seed,
    get now() {
      return now
    },
    links,
    log: lines,
    get connections() {
      return network.connections
    },
    random,
    host(name, hostOptions) {
      const host = find(name, hostOptions?.skew)
      return host.env ?? born(host)
    },
    disk(name) {
      const host = find(name)
      if (host.env === undefined) born(host)
      folder ??= mkdtempSync(join(tmpdir(), 'hearth-world-'))
      const path = diskPath(host, host.lives)
      mkdirSync(path, { recursive: true })
      return path
    },
    crash,
    crashAfter(name, uses, crashed) {
      const host = find(name)
      host.crashIn = uses
      host.crashed = crashed
    },
    alive: (name) => hosts.get(name)?.machine !== undefined,
    cut(a, b) {
      trace.note(a, `cut from ${b}`)
      network.cut(a, b)
    },
    at: (time, task) => void schedule.add(Math.max(time, now), 0, task),
    fail(error) {
      failed ??= { error }
    },
    runFor: (duration) => run(now + duration, () => false),
    async runUntil(condition, limit = DEFAULT_LIMIT) {
      const end = now + limit
      let held = false
      await run(end, () => {
        held = condition()
        return held
      })
      if (!held) throw failure(`not so within ${limit} ms: ${condition}`)
    },
    async wait(promise, limit = DEFAULT_LIMIT) {
      let settled = false
      const settle = () => {
        settled = true
      }
      promise.then(settle, settle)
      await run(now + limit, () => settled)
      if (!settled) throw failure(`a promise did not settle within ${limit} ms`)
      return promise
    },
    digest: () => trace.digest(),
    get recent() {
      return trace.recent
    },
    dispose() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function createTrace(now: () => number): Trace {
  const hash = createHash('sha256')
  const recent: string[] = []
  return {
    note(machine, what, detail) {
      const line = `${now().toFixed(3)} ${machine}: ${what}`
      hash.update(line)
      if (detail !== undefined) hash.update(detail)
      const shown = detail === undefined ? '' : typeof detail === 'string' ? ` ${detail}` : ` ${detail.length} bytes`
      recent.push(line + shown)
      if (recent.length > 2 * RECENT) recent.splice(0, RECENT)
    },
    digest: () => hash.copy().digest('hex'),
    recent,
  }
}

/** Finaliser of splitmix32. */
function mix(value: number): number {
  let z = value | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}
