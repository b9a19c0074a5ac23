import { Command } from 'commander'
import { backupVerbs } from './ctl-backup.ts'
import { contactVerbs } from './ctl-contacts.ts'
import { groupVerbs } from './ctl-groups.ts'
import { hostVerbs } from './ctl-host.ts'
import { messageVerbs } from './ctl-messages.ts'
import { servingVerbs } from './ctl-serving.ts'
import { dataFolder } from './data-folder.ts'

export function ctlCommand(): Command {
  const ctl = new Command('ctl')
    .description('tell a running host what to do')
    .option('--dir <folder>', "the host's folder", dataFolder())
    .option('--json', 'answers as JSON, one value on each line')
  for (const verb of [
    ...hostVerbs(),
    ...groupVerbs(),
    ...messageVerbs(),
    ...contactVerbs(),
    ...servingVerbs(),
    ...backupVerbs(),
  ])
    ctl.addCommand(verb)
  return ctl
}
