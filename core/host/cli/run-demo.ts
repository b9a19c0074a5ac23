import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { realEnv } from '../../env/real.ts'
import { silentLog } from '../../env/silent.ts'
import { hostError } from '../client.ts'
import { createDemo } from '../demo/demo.ts'
import type { DemoOptions } from '../demo/options.ts'
import { createScreen } from '../demo/screen.ts'
import { count } from './options.ts'

/** `npm run demo`: ends with code 0 when every message reached everybody exactly once and in order. */
export async function runDemo(argv: readonly string[]): Promise<void> {
  await new Command('demo')
    .description('a public group with super-peers, owner and members, each a process, on an embedded router')
    .option('--super-peers <number>', 'super-peers that serve the group', count, 3)
    .option('--members <number>', 'members that join', count, 8)
    .option('--messages <number>', 'messages altogether, spread over the owner and the members', count, 25)
    .option(
      '--kill',
      'kill the router, a super-peer and a member in the middle of sending, and start them again',
      false,
    )
    .option('--offline <number>', 'members that are away while messages are sent', count, 0)
    .option('--json', 'the result as one JSON object in the last line', false)
    .option('--keep', 'leave the scratch folder with all databases and logs behind', false)
    .action(demonstrate)
    .parseAsync(argv)
}

async function demonstrate(options: DemoOptions): Promise<void> {
  check(options)
  const { clock } = realEnv({ log: silentLog })
  const folder = mkdtempSync(join(tmpdir(), 'hearth-demo-'))
  const begin = clock.monotonic()
  const screen = createScreen(options.json ? process.stderr : process.stdout, () => clock.monotonic() - begin)
  const demo = createDemo({ options, folder, screen, clock })
  // Whatever ends this process, nothing is left behind.
  process.on('exit', () => {
    demo.kill()
    screen.close()
    if (!options.keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
  try {
    const result = await demo.run()
    if (options.keep) process.stderr.write(`databases and logs are in ${folder}\n`)
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
    const perfect = result.missing === 0 && result.duplicates === 0 && result.outOfOrder === 0
    process.exit(perfect ? 0 : 1)
  } catch (error) {
    screen.close()
    process.stderr.write(`The demonstration failed: ${hostError(error).message}\n`)
    if (options.keep) process.stderr.write(`databases and logs are in ${folder}\n`)
    process.exit(1)
  }
}

function check({ superPeers, members, offline }: DemoOptions): void {
  const mistake =
    superPeers < 1
      ? 'a group needs at least one super-peer'
      : members < 1
        ? 'a group without members has nobody to deliver to'
        : offline > members
          ? 'no more members can be away than there are'
          : undefined
  if (mistake === undefined) return
  process.stderr.write(`demo: ${mistake}\n`)
  process.exit(2)
}
