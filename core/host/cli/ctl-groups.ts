import { Command, Option } from 'commander'
import type { Group, GroupProgress } from '../contract/types.ts'
import type { Session } from './ctl-session.ts'
import { lazily } from './lazily.ts'
import { collect, count } from './options.ts'

interface CreateFlags {
  readonly superPeer: readonly string[]
  readonly profile?: number
  readonly description?: string
  readonly writers: 'everyone' | 'owners'
  readonly history: boolean
  readonly all?: boolean
}

interface UpdateFlags {
  readonly name?: string
  readonly description?: string
  readonly writers?: 'everyone' | 'owners'
}

export function groupVerbs(): Command[] {
  return [
    new Command('list').description('the groups of this host').action(
      lazily(async ({ api, print }) => {
        for (const group of await api.groups.list({})) print(group, describe)
      }),
    ),
    new Command('create-group')
      .description('create a public group and take it into use')
      .argument('<name>')
      .requiredOption('--super-peer <address>', 'who serves it; may be given several times', collect)
      .option('--profile <profile>', 'as whom', count)
      .option('--description <text>')
      .addOption(new Option('--writers <who>', 'who may write').choices(['everyone', 'owners']).default('everyone'))
      .option('--no-history', 'newcomers do not get the last messages')
      .option('--all', 'wait for all super-peers instead of the first')
      .action(
        lazily(async (session, displayName: string, flags: CreateFlags) => {
          const stream = await session.api.groups.create({
            profile: await session.profile(flags.profile),
            displayName,
            writers: flags.writers,
            history: flags.history,
            superPeers: [...flags.superPeer],
            ...(flags.description === undefined ? {} : { description: flags.description }),
          })
          const group = await watch(session, stream, flags.all === true)
          session.print(await session.api.groups.confirm({ group: group.id }), describe)
        }),
      ),
    new Command('join')
      .description('join the group behind a link')
      .argument('<link>')
      .option('--profile <profile>', 'as whom', count)
      .option('--all', 'wait for all super-peers instead of the first')
      .action(
        lazily(async (session, link: string, flags: { profile?: number; all?: boolean }) => {
          const stream = await session.api.groups.join({ profile: await session.profile(flags.profile), link })
          session.print(await watch(session, stream, flags.all === true), describe)
        }),
      ),
    new Command('update-group')
      .description('change what an own group shows of itself')
      .argument('<group>', 'its number', count)
      .option('--name <name>')
      .option('--description <text>', 'empty: none')
      .addOption(
        new Option('--writers <who>', 'who may write, except those whose role was set by name').choices([
          'everyone',
          'owners',
        ]),
      )
      .action(
        lazily(async ({ api, print }, group: number, { name, description, writers }: UpdateFlags) => {
          const changes = {
            ...(name === undefined ? {} : { displayName: name }),
            ...(description === undefined ? {} : { description: description === '' ? null : description }),
            ...(writers === undefined ? {} : { writers }),
          }
          print(await api.groups.update({ group, ...changes }), describe)
        }),
      ),
    new Command('preview')
      .description('read a group link without joining')
      .argument('<link>')
      .action(
        lazily(async ({ api, print }, link: string) => {
          print(await api.groups.preview({ link }), (preview) => {
            const members = preview.memberCount === undefined ? '' : `, ${preview.memberCount} members`
            return `${preview.displayName}${members}, ${preview.superPeerLinks.length} super-peers`
          })
        }),
      ),
    new Command('super-peers')
      .description('the super-peers of a group')
      .argument('<group>', '', count)
      .action(
        lazily(async ({ api, print }, group: number) => {
          for (const superPeer of await api.superPeers.list({ group })) print(superPeer, describeSuperPeer)
        }),
      ),
    new Command('add-super-peer')
      .description('invite one more super-peer to an own group')
      .argument('<group>', '', count)
      .argument('<address>')
      .action(
        lazily(async ({ api, print }, group: number, address: string) => {
          print(await api.superPeers.add({ group, address }), describeSuperPeer)
        }),
      ),
    new Command('remove-super-peer')
      .description('take a super-peer out of an own group')
      .argument('<group>', '', count)
      .argument('<super-peer>', 'its number in super-peers', count)
      .action(
        lazily(async ({ api, print }, group: number, superPeer: number) => {
          await api.superPeers.remove({ group, superPeer })
          print({ group, superPeer }, () => 'removed')
        }),
      ),
    new Command('members')
      .description('the members of a group')
      .argument('<group>', '', count)
      .action(
        lazily(async ({ api, print }, group: number) => {
          for (let after: number | undefined; ; ) {
            const page = await api.members.list({ group, limit: 500, ...(after === undefined ? {} : { after }) })
            for (const member of page) {
              print(member, ({ id, displayName, role, status }) => `${id}  ${displayName}  ${role}  ${status}`)
            }
            after = page.at(-1)?.id
            if (after === undefined) return
          }
        }),
      ),
    ending('leave', 'leave a group', ({ api }, group) => api.groups.leave({ group })),
    ending('remove', 'delete an own group for everybody', ({ api }, group) => api.groups.remove({ group })),
    ending('forget', 'drop the history of a group that is over', ({ api }, group) => api.groups.forget({ group })),
  ]
}

function ending(name: string, description: string, work: (session: Session, group: number) => Promise<void>): Command {
  return new Command(name)
    .description(description)
    .argument('<group>', '', count)
    .action(
      lazily(async (session, group: number) => {
        await work(session, group)
        session.print({ group }, () => 'done')
      }),
    )
}

/** Prints the steps as they come; ends with the first super-peer, or with the last. */
async function watch(session: Session, stream: AsyncIterable<GroupProgress>, all: boolean): Promise<Group> {
  let group: Group | undefined
  for await (const progress of stream) {
    session.print(progress, describeProgress)
    if (progress.step !== 'super-peer') group = progress.group
    if (progress.step === 'usable' && !all) break
  }
  if (group === undefined) throw new Error('the host said nothing about the group')
  return group
}

function describeProgress(progress: GroupProgress): string {
  if (progress.step === 'super-peer') return describeSuperPeer(progress.superPeer)
  return `group ${progress.group.id}: ${progress.step === 'group' ? progress.group.status : progress.step}`
}

function describeSuperPeer({ id, displayName, status, connected, error }: SuperPeerLine): string {
  const problem = error === undefined ? '' : ` (${error})`
  return `super-peer ${id} ${displayName}: ${status}${connected ? ', connected' : ''}${problem}`
}

interface SuperPeerLine {
  readonly id: number
  readonly displayName: string
  readonly status: string
  readonly connected: boolean
  readonly error: string | undefined
}

function describe(group: Group): string {
  const { id, displayName, status, part, memberCount, superPeers, unread } = group
  return [
    `${id}  ${displayName}  (${part}, ${status})`,
    `   ${memberCount} members, ${superPeers.connected} of ${superPeers.total} super-peers connected, ${unread} unread`,
    `   ${group.link}`,
  ].join('\n')
}
