import { Command } from 'commander'

export function configCommand(): Command {
  return new Command('config')
    .description('print every setting of a host with its default and meaning')
    .action(async () => {
      const { describeConfiguration } = await import('../config.ts')
      process.stdout.write(describeConfiguration())
    })
}
