import { Command } from 'commander'
import { port } from './options.ts'

interface RouterFlags {
  readonly dir: string
  readonly port: number
  readonly host: string
  readonly listen?: string
  readonly ed25519?: boolean
  readonly password?: string
  readonly logLevel: string
}

export function routerCommand(): Command {
  return new Command('router')
    .description('run an SMP router; prints its address, one line, as soon as it serves')
    .requiredOption('--dir <folder>', 'its keys and database; made on first start')
    .option('--port <port>', 'port to listen on; 0 takes a free one', port, 5223)
    .option('--host <name>', 'name or address under which clients find it', '127.0.0.1')
    .option('--listen <address>', 'address to listen on (default: --host if that is a loopback address, else all)')
    .option('--ed25519', 'make Ed25519 keys instead of Ed448 ones on first start')
    .option('--password <password>', 'needed by those who create queues')
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'warn')
    .action(runRouter)
}

async function runRouter(flags: RouterFlags): Promise<void> {
  const [{ startRouter }, { realEnv }, { openLog }, { privateByDefault }, { isLoopback }, { formatRouterAddress }] =
    await Promise.all([
      import('../../router/server.ts'),
      import('../../env/real.ts'),
      import('./log.ts'),
      import('../files.ts'),
      import('../loopback.ts'),
      import('../../smp/address.ts'),
    ])
  const [{ whenFree }, { stopOnSignal }] = await Promise.all([import('../open.ts'), import('./signals.ts')])
  privateByDefault()
  const env = realEnv({ log: openLog(flags.logLevel) })
  const listen = flags.listen ?? (isLoopback(flags.host) ? flags.host : '')
  const router = await whenFree(env, () =>
    startRouter(env, {
      dir: flags.dir,
      port: flags.port,
      host: flags.host,
      listen,
      algorithm: flags.ed25519 ? 'Ed25519' : 'Ed448',
      ...(flags.password === undefined ? {} : { basicAuth: flags.password }),
    }),
  )
  stopOnSignal(env.clock, () => router.stop())
  process.stdout.write(`${formatRouterAddress(router.address)}\n`)
}
