import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createLogTail } from '../../electron/host/log-tail.ts'
import { startHostProcess } from '../../electron/host/process.ts'
import { accessTo, answers, runningHost } from '../../electron/host/running.ts'
import { createSupervisor, type HostState, type Supervisor } from '../../electron/host/supervisor.ts'

/** The desktop shell's supervisor with hosts as they are. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
const supervisors: Supervisor[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-desktop-'))
})
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()))
  rmSync(folder, { recursive: true, force: true })
})

function supervise() {
  const log = createLogTail()
  const processes: ReturnType<typeof startHostProcess>[] = []
  const supervisor = createSupervisor({
    async launch() {
      const main = join(ROOT, 'core', 'host', 'cli', 'main.ts')
      const command = { node: process.execPath, main, folder: ROOT, arguments: ['host', '--json', '--dir', folder] }
      const started = startHostProcess({ ...command, env: process.env, keepCompiled: true }, log)
      processes.push(started)
      return started
    },
    damaged: () => false,
    find: () => runningHost(folder),
    access: (url) => accessTo(folder, url),
    answers,
    log,
    timers: {
      now: () => performance.now(),
      after(delay, task) {
        const timer = setTimeout(task, delay)
        return () => clearTimeout(timer)
      },
    },
  })
  supervisors.push(supervisor)
  return { supervisor, processes, log }
}

function stateOf(supervisor: Supervisor, kind: HostState['kind']): Promise<HostState> {
  return new Promise((resolve) => {
    if (supervisor.state.kind === kind) resolve(supervisor.state)
    supervisor.onState((state) => {
      if (state.kind === kind) resolve(state)
    })
  })
}

/** As the page in the window connects. */
function connect(url: string, token: string, origin: string): Promise<'open' | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, ['hearth', `token.${token}`], { origin })
    socket.once('open', () => {
      resolve('open')
      socket.close()
    })
    socket.once('unexpected-response', (_request, { statusCode }) => {
      resolve(statusCode ?? 0)
      socket.terminate()
    })
    socket.once('error', () => {})
  })
}

test('the window’s page is let in, one of the web is not', async () => {
  const { supervisor } = supervise()
  supervisor.start()
  const { url, token } = await supervisor.access()
  expect(await connect(url, token, 'app://hearth')).toBe('open')
  expect(await connect(url, token, 'https://example.org')).toBe(403)
  expect(await connect(url, 'wrong', 'app://hearth')).toBe(401)
  expect(await answers(url)).toBe(true)
})

test('a killed host comes back, and a stop ends it in good order', async () => {
  const { supervisor, processes, log } = supervise()
  supervisor.start()
  await supervisor.access()
  const gone = stateOf(supervisor, 'waiting')
  processes[0]?.kill()
  await gone
  const { url, token } = await supervisor.access()
  expect(await connect(url, token, 'app://hearth')).toBe('open')
  await supervisor.stop()
  await expect(processes[1]?.exit).resolves.toEqual({ code: 0, signal: null })
  expect(log.text()).toContain('host stopped')
  expect(log.text()).not.toMatch(/#sign-in=[A-Za-z0-9]/)
})

test('a second shell uses the host of the first and leaves it alone', async () => {
  const first = supervise()
  first.supervisor.start()
  const access = await first.supervisor.access()
  const second = supervise()
  second.supervisor.start()
  expect(await second.supervisor.access()).toEqual(access)
  expect(second.supervisor.state).toEqual({ kind: 'running', own: false })
  await second.supervisor.stop()
  expect(await answers(access.url)).toBe(true)
})

test('a setting that is not valid is told, not tried again', async () => {
  writeFileSync(join(folder, 'config.json'), '{"router.prot": 1}')
  const { supervisor, log } = supervise()
  supervisor.start()
  expect(await stateOf(supervisor, 'failed')).toEqual({ kind: 'failed', problem: 'configuration' })
  expect(log.text()).toContain('router.prot')
})
