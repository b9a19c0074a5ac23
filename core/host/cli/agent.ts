import { Command } from 'commander'
import { collect } from './options.ts'

interface AgentFlags {
  readonly dir: string
  readonly router: readonly string[]
  readonly logLevel: string
}

export function agentCommand(): Command {
  return new Command('agent')
    .description('connections without groups: JSON lines in, JSON lines out (docs/console.md)')
    .requiredOption('--dir <folder>', 'its database; made on first start')
    .requiredOption('--router <address>', 'where queues are made; may be given several times', collect)
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'warn')
    .action(runAgent)
}

/** Bytes of one request: a message has at most 16 KiB, link data 14 KiB. */
const LONGEST_LINE = 1024 * 1024
/** Milliseconds that requests under way get when the input ends. */
const DRAIN = 3000

async function runAgent(flags: AgentFlags): Promise<void> {
  const [{ createAgent }, { realEnv }, { openLog }, { parseRouterAddress }, files, { openFolder }, signals] =
    await Promise.all([
      import('../../agent/agent.ts'),
      import('../../env/real.ts'),
      import('./log.ts'),
      import('../../smp/address.ts'),
      import('../files.ts'),
      import('../open.ts'),
      import('./signals.ts'),
    ])
  const [{ createConsole }, { lineSplitter }, { standardOutput }, { openShownRecord }, { wait }, presets] =
    await Promise.all([
      import('../console/console.ts'),
      import('../console/lines.ts'),
      import('../console/output.ts'),
      import('../console/shown.ts'),
      import('../../env/wait.ts'),
      import('../operators/presets.ts'),
    ])
  files.privateByDefault()
  const log = openLog(flags.logLevel)
  const env = realEnv({ log })
  const routers = flags.router.map((text) => parseRouterAddress(text))
  const store = await openFolder(env, flags.dir)
  const shown = openShownRecord(files.pathIn(flags.dir, 'shown'))
  const underWay = new Set<Promise<void>>()
  const quit = Promise.withResolvers<void>()

  const console = createConsole({
    store,
    shown,
    log,
    output: standardOutput(() => signals.orphaned()),
    agent: () => agent,
    quit: quit.resolve,
  })
  // What short links may leave out: the network's presets, and the routers that this console was given.
  const known = routers.map(({ hosts, port, keyHash }) => ({ hosts, port, keyHash }))
  const settings = { presets: [...known, ...presets.presetRouters(presets.presetsOf(flags.dir, log))] }
  const agent = createAgent({ env, store, routers, settings, handler: console.handler })
  const input = lineSplitter(
    LONGEST_LINE,
    (line) => {
      const work = console.request(line).finally(() => underWay.delete(work))
      underWay.add(work)
    },
    console.refuseLongLine,
  )

  async function stop(): Promise<void> {
    process.stdin.pause()
    await Promise.race([Promise.all(underWay), wait(env.clock, DRAIN)])
    await agent.stop()
    await store.close()
    shown.close()
  }
  signals.stopOnSignal(env.clock, stop, quit.promise)
  await agent.start()
  process.stdin.on('data', (chunk: Buffer) => input.push(chunk))
  process.stdin.on('error', () => quit.resolve())
  process.stdin.on('end', () => {
    input.end()
    quit.resolve()
  })
}
