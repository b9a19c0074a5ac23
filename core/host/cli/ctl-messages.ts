import { Command } from 'commander'
import type { Change, Message } from '../contract/types.ts'
import { describeContactChange, isContactChange } from './ctl-contacts.ts'
import { lazily } from './lazily.ts'
import { count } from './options.ts'

export function messageVerbs(): Command[] {
  return [
    new Command('send')
      .description('write a message')
      .argument('<group>', '', count)
      .argument('<text>')
      .option('--sign', 'sign it, so that no super-peer can change it')
      .action(
        lazily(async ({ api, print }, group: number, text: string, flags: { sign?: boolean }) => {
          print(await api.messages.send({ group, text, ...(flags.sign ? { sign: true } : {}) }), describe)
        }),
      ),
    new Command('messages')
      .description('the newest messages of a group')
      .argument('<group>', '', count)
      .option('--limit <number>', 'how many', count, 50)
      .action(
        lazily(async ({ api, print }, group: number, { limit }: { limit: number }) => {
          for (const message of await api.messages.list({ group, limit })) print(message, describe)
        }),
      ),
    new Command('tail')
      .description('everything that happens from now on, until Ctrl-C')
      .argument('[group]', 'only of this group', count)
      .action(
        lazily(async ({ api, print }, group?: number) => {
          const { position } = await api.changes.snapshot({})
          const stream = await api.changes.follow(position)
          print({ type: 'following', position }, () => 'Following; Ctrl-C ends it.')
          for await (const message of stream) {
            if ('reset' in message) process.stderr.write('some changes were missed\n')
            else if (group === undefined || groupOf(message.change) === group) print(message.change, describeChange)
          }
        }),
      ),
  ]
}

function groupOf(change: Change): number | undefined {
  if (isContactChange(change)) return undefined
  switch (change.type) {
    case 'group':
    case 'served-group':
      return change.id
    case 'super-peer':
      return change.superPeer.group
    case 'profile':
    case 'router':
    case 'known':
    case 'request':
    case 'address':
    case 'blocked':
    case 'instance':
      return undefined
    default:
      return change.group
  }
}

function describe({ id, time, authorName, sent, text, delivery, editedAt, deletedAt }: Message): string {
  const author = sent ? 'you' : (authorName ?? 'the group')
  const state = delivery === undefined ? '' : `  [at ${delivery.taken} of ${delivery.total} super-peers]`
  const body = deletedAt === undefined ? `${text}${editedAt === undefined ? '' : ' (edited)'}` : '(deleted)'
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}  #${id}  ${author}: ${body}${state}`
}

function describeChange(change: Change): string {
  if (isContactChange(change)) return describeContactChange(change)
  switch (change.type) {
    case 'instance':
      return change.instance.held === undefined ? 'this host is in use' : `this host is held: ${change.instance.held}`
    case 'message':
      return change.message === undefined ? `message #${change.id} is gone` : describe(change.message)
    case 'message-state':
      return `message #${change.message} is at ${change.delivery.taken} of ${change.delivery.total} super-peers`
    case 'group':
      return `group ${change.id}: ${change.change}${change.error === undefined ? '' : ` (${change.error})`}`
    case 'super-peer':
      return `super-peer ${change.superPeer.displayName}: ${change.superPeer.status}`
    case 'super-peer-gone':
      return `super-peer ${change.superPeer} is gone`
    case 'member':
      return `member ${change.member} of group ${change.group}: ${change.change}`
    case 'request':
      return `request ${change.request.id} to serve ${change.request.groupName ?? 'a group'}: ${change.request.state}`
    case 'request-gone':
      return `request ${change.request} is answered`
    case 'address':
      return change.address === undefined ? 'no more invitations' : `asked to serve at ${change.address.address}`
    case 'blocked':
      return `${change.blocked.length} groups may not ask any more`
    case 'served-group':
      return `served group ${change.id}: ${change.change} (${change.status})`
    case 'refused':
      return `refused: ${change.event} (${change.reason})`
    case 'router':
      return `router ${change.router.address}: ${change.router.connected ? 'connected' : 'away'}`
    case 'profile':
      return `profile ${change.profile.id}: ${change.profile.displayName}`
    case 'known':
      return `the list of super-peers has ${change.known.superPeers.length} entries`
  }
}
