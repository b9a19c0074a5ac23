import { resolve } from 'node:path'
import { Command } from 'commander'
import type { BackupProgress, BackupSummary, DrilledGroup, DrillResult } from '../contract/backup.ts'
import { lazily } from './lazily.ts'

/** Backups of a running host, and which copy of its database is in use. */
export function backupVerbs(): Command[] {
  return [
    new Command('backups').description('the schedule of backups, and the files there are').action(
      lazily(async ({ api, print }) => {
        const { localTime } = await import('../backup/words.ts')
        print(await api.backup.status(), ({ passphraseSince, folder, files, nextAt, failure }) =>
          [
            `passphrase  ${passphraseSince === undefined ? 'none: hearth backup sets it' : `since ${localTime(passphraseSince)}`}`,
            `folder      ${folder}`,
            `next        ${nextAt === undefined ? 'never' : localTime(nextAt)}`,
            ...(failure === undefined ? [] : [`failed      ${localTime(failure.at)}: ${failure.message}`]),
            ...files.map(({ name, size }) => `            ${name}  ${Math.ceil(size / 1024)} KiB`),
          ].join('\n'),
        )
      }),
    ),
    new Command('drill')
      .description('what a backup could bring back of the groups as they are now; touches nothing')
      .argument('<file>')
      .option('--passphrase-file <file>', 'file with the passphrase in its first line; "-" for standard input')
      .action(
        lazily(async ({ api, print }, file: string, { passphraseFile }: { passphraseFile?: string }) => {
          const [{ readPassphrase }, { localTime }] = await Promise.all([
            import('./passphrase.ts'),
            import('../backup/words.ts'),
          ])
          const passphrase = await readPassphrase(passphraseFile, 'Passphrase of the backup: ')
          print(await api.backup.drill({ path: resolve(file), passphrase }), (result) =>
            drillInWords(result, localTime),
          )
        }),
      ),
    new Command('instance').description('whether this copy of the host is in use, or held because of another').action(
      lazily(async ({ api, print }) => {
        const [{ heldInWords }, { localTime }] = await Promise.all([
          import('../instance/view.ts'),
          import('../backup/words.ts'),
        ])
        print(await api.instance.status(), (view) => heldInWords(view, localTime))
      }),
    ),
    new Command('take-over')
      .description('the other copy of this host is gone for good: go on in its place')
      .option('--even-if-running', 'although it runs: it stops when it hears of this one')
      .action(
        lazily(async ({ api, print }, { evenIfRunning = false }: { evenIfRunning?: boolean }) => {
          await api.instance.takeOver({ evenIfRunning })
          print({ takingOver: true }, () => 'taking over: the host begins anew')
        }),
      ),
  ]
}

/** The last thing that a stream of progress says. */
export async function lastStep(
  steps: AsyncIterable<BackupProgress>,
): Promise<{ readonly path: string; readonly summary: BackupSummary } | undefined> {
  for await (const step of steps) if (step.step === 'done') return step
  return undefined
}

const RESULTS: Readonly<Record<DrilledGroup['result'], string>> = {
  controlled: 'its key is here and controls it',
  keyless: 'its key is not here',
  gone: 'its link is gone from the router',
  unknown: 'its link could not be read now',
}

function drillInWords({ summary, groups }: DrillResult, time: (at: number) => string): string {
  const controlled = groups.filter(({ result }) => result === 'controlled').length
  const all = controlled === groups.length ? 'all keys' : `${controlled} of their keys`
  const what = groups.length === 1 ? '1 group' : `${groups.length} groups`
  return [
    `This file can bring back ${what} and ${all} as of ${time(summary.createdAt)}.`,
    ...groups.map(
      ({ name, result, error }) => `  ${name}: ${RESULTS[result]}${error === undefined ? '' : ` (${error})`}`,
    ),
  ].join('\n')
}
