import { Command } from 'commander'
import { lazily } from './lazily.ts'
import { count } from './options.ts'

export function servingVerbs(): Command[] {
  return [
    new Command('become-super-peer')
      .description('serve groups of others; prints the address that owners need')
      .argument('<name>')
      .option('--ask', 'every invitation waits for accept')
      .action(
        lazily(async ({ api, print }, displayName: string, { ask }: { ask?: boolean }) => {
          const address = await api.serving.enable({ displayName, autoAccept: ask !== true })
          print(address, (given) => given.address)
        }),
      ),
    new Command('renew-address')
      .description('another address, on the routers chosen now; owners can no longer use the old one')
      .action(
        lazily(async ({ api, print }) => {
          print(await api.serving.renewAddress({}), ({ address }) => address)
        }),
      ),
    new Command('stop-serving').description('take no more invitations; served groups stay served').action(
      lazily(async ({ api, print }) => {
        await api.serving.disable({})
        print({}, () => 'no more invitations')
      }),
    ),
    new Command('requests').description('invitations to serve that wait').action(
      lazily(async ({ api, print }) => {
        for (const request of await api.serving.requests({})) {
          print(request, ({ id, state, groupName, owner, error }) => {
            const problem = error === undefined ? '' : ` (${error})`
            return `${id}  ${groupName ?? 'unread group'} of ${owner.displayName}: ${state}${problem}`
          })
        }
      }),
    ),
    answer('accept', 'serve the group of a request', 'accept'),
    answer('reject', 'forget a request', 'reject'),
    answer('block', 'forget a request, and refuse further ones of its group without a word', 'block'),
    new Command('blocked').description('groups that may not ask any more').action(
      lazily(async ({ api, print }) => {
        for (const block of await api.serving.blocked({})) {
          print(block, ({ id, groupName, owner, refused }) => {
            const asked = refused === 1 ? 'once' : `${refused} times`
            return `${id}  ${groupName ?? 'unread group'} of ${owner}: asked ${asked} since`
          })
        }
      }),
    ),
    new Command('unblock')
      .description('invitations of a blocked group are welcome again')
      .argument('<block>', '', count)
      .action(
        lazily(async ({ api, print }, block: number) => {
          await api.serving.unblock({ block })
          print({ block }, () => 'unblocked')
        }),
      ),
    new Command('served').description('the groups that this host serves').action(
      lazily(async ({ api, print }) => {
        for (const group of await api.serving.groups({})) {
          print(group, ({ id, name, status, members, paused, messages, forwarded, backlog }) =>
            [
              `${id}  ${name}  (${status})`,
              `   ${members} connected, ${paused} paused, ${messages} messages, ${forwarded} forwarded, backlog ${backlog}`,
            ].join('\n'),
          )
        }
      }),
    ),
    new Command('stop-serving-group')
      .description('leave a served group properly')
      .argument('<group>', '', count)
      .action(
        lazily(async ({ api, print }, group: number) => {
          await api.serving.leave({ group })
          print({ group }, () => 'left')
        }),
      ),
    new Command('allow')
      .description('after leaving: invitations to this group are welcome again')
      .argument('<group>', '', count)
      .action(
        lazily(async ({ api, print }, group: number) => {
          await api.serving.allow({ group })
          print({ group }, () => 'allowed')
        }),
      ),
    new Command('stats')
      .description('figures of the super-peer')
      .argument('[group]', 'of one group', count)
      .action(
        lazily(async ({ api, print }, group?: number) => {
          print(await api.serving.statistics(group === undefined ? {} : { group }), (figures) =>
            [
              `groups     ${figures.groups}`,
              `connected  ${figures.connected} (${figures.connecting} connecting)`,
              `received   ${figures.received}`,
              `forwarded  ${figures.forwarded}`,
              `refused    ${figures.refused}`,
              `backlog    ${figures.tasks} tasks, ${figures.jobs.pending} jobs, ${figures.lag} ms old`,
              `kept       ${figures.jobs.kept} jobs, ${Math.round(figures.jobs.keptBytes / 1024)} KiB`,
            ].join('\n'),
          )
        }),
      ),
  ]
}

function answer(name: string, description: string, verb: 'accept' | 'reject' | 'block'): Command {
  return new Command(name)
    .description(description)
    .argument('<request>', '', count)
    .action(
      lazily(async ({ api, print }, request: number) => {
        await api.serving[verb]({ request })
        print({ request }, () => `${verb}ed`)
      }),
    )
}
