import { Command } from 'commander'
import { programVersion } from '../version.ts'
import { agentCommand } from './agent.ts'
import { backupCommand, restoreCommand, verifyCommand } from './backup.ts'
import { configCommand } from './config.ts'
import { ctlCommand } from './ctl.ts'
import { fail } from './fail.ts'
import { hostCommand } from './host.ts'
import { routerCommand } from './router.ts'
import { startCommand } from './start.ts'

/** The command line. Each command loads what it works with when it runs. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('hearth')
    .description('Public groups that nobody can seize, served by super-peers, over the SimpleX network.')
    .version(programVersion())
    .showHelpAfterError()
    .addCommand(startCommand())
    .addCommand(hostCommand())
    .addCommand(ctlCommand())
    .addCommand(backupCommand())
    .addCommand(verifyCommand())
    .addCommand(restoreCommand())
    .addCommand(routerCommand())
    .addCommand(agentCommand())
    .addCommand(configCommand())
  try {
    await program.parseAsync(argv)
  } catch (error) {
    await fail(error)
  }
}
