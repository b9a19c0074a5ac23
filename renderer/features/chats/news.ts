import type { TFunction } from 'i18next'
import type { Group } from '../../../core/host/contract/types.ts'
import type { Notice } from '../../runtime/runtime.ts'
import { summaryOf } from './summary.ts'

type Groups = ReadonlyMap<number, Group>

/** What is worth a notification between two states: new unread messages of others, one notice for each group. */
export function newsOf(before: Groups, after: Groups, t: TFunction): Notice[] {
  return [...after.values()]
    .filter((group) => {
      const known = before.get(group.id)
      const { lastMessage, flags } = group
      if (known === undefined || lastMessage === undefined || lastMessage.sent) return false
      if (flags.muted && !lastMessage.mentioned) return false
      return lastMessage.id !== known.lastMessage?.id && group.unread > known.unread
    })
    .map((group) => ({
      title: group.displayName,
      body: summaryOf(group, t).slice(0, 300),
      path: `/chats/${group.id}`,
      ...(group.mayWrite ? { reply: t('chats.actions.reply') } : {}),
    }))
}

/** The number on the icon. */
export function unreadOf(groups: Groups): number {
  return [...groups.values()].reduce((sum, { flags, unread }) => sum + (flags.muted ? 0 : unread), 0)
}

/** The group of a notice's path. */
export function groupOfPath(path: string): number | undefined {
  const id = /^\/chats\/(\d+)$/.exec(path)?.[1]
  return id === undefined ? undefined : Number(id)
}
