import type { DeliveryScope } from '../processed.ts'
import type { Member } from '../state/members.ts'
import type { MessageRow } from '../state/messages.ts'
import { GROUP_SCOPE, type Received } from './context.ts'

/** What the handlers of content share. */

export function deliveryScope(scope: Member | undefined): DeliveryScope {
  return scope === undefined ? GROUP_SCOPE : { type: 'support', member: scope.id }
}

export function itemScope(item: MessageRow): DeliveryScope {
  return item.scope === null ? GROUP_SCOPE : { type: 'support', member: item.scope }
}

/** Did `author` write this item? What the group itself says is its owners' (chat §2.3). */
export function isAuthorOf(author: Member | undefined, item: MessageRow): boolean {
  if (item.as_group === 1) return author === undefined || author.role === 'owner'
  return author !== undefined && author.id === item.author
}

/** Whoever does so for the first time is listed from now on. */
export async function takesPart({ tx, group, context }: Received, author: Member, time: number): Promise<void> {
  await tx.run('UPDATE group_members SET wrote_at = ? WHERE member = ?', time, author.id)
  if (author.row.wrote_at !== null) return
  context.notify(tx, { type: 'member', group: group.id, member: author.id, change: 'updated' })
}
