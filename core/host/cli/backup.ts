import { Command } from 'commander'
import type { BackupFlags, RestoreFlags, VerifyFlags } from './backup-flags.ts'

/** `hearth backup`, `hearth verify`, `hearth restore`. What they do is loaded when they run. */

const PASSPHRASE_FILE = 'file with the passphrase in its first line; "-" for standard input'

export function backupCommand(): Command {
  return new Command('backup')
    .description('put everything that a host keeps into one encrypted file, and check that file')
    .argument('[file]', 'the file to be made (default: a name with the time, here)')
    .requiredOption('--dir <folder>', "the host's folder; the host may be running")
    .option('--no-media', 'without the pictures in messages')
    .option('--new-passphrase', 'choose another passphrase, for this and later backups')
    .option('--passphrase-file <file>', PASSPHRASE_FILE)
    .option('--json', 'answer with one JSON object')
    .action(async (file: string | undefined, flags: BackupFlags) => {
      const { makeBackup } = await import('./run-backup.ts')
      await makeBackup(file, flags)
    })
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('read a backup to its end, check everything in it, and say what it can bring back')
    .argument('<file>')
    .option('--passphrase-file <file>', PASSPHRASE_FILE)
    .option('--json', 'answer with one JSON object')
    .action(async (file: string, flags: VerifyFlags) => {
      const { verifyFile } = await import('./run-backup.ts')
      await verifyFile(file, flags)
    })
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('make the folder of a host from a backup')
    .argument('<file>')
    .requiredOption('--dir <folder>', 'a folder that is not there yet, or empty')
    .option('--take-over', 'the host of which this is a backup is gone for good: go on in its place')
    .option('--passphrase-file <file>', PASSPHRASE_FILE)
    .option('--json', 'answer with one JSON object')
    .action(async (file: string, flags: RestoreFlags) => {
      const { restoreFile } = await import('./run-backup.ts')
      await restoreFile(file, flags)
    })
}
