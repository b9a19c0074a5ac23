import { ORPCError } from '@orpc/client'
import type { Change } from '../../core/host/contract/types.ts'
import { api } from './api.ts'
import { type ChatRef, chatKey } from './chats.ts'
import { applyContact } from './contacts.ts'
import { applyGroup } from './host.ts'

/**
 * Messages, members and super-peers change what the list says of their conversation: its counter, its last message,
 * who is connected. It is read again then, once for many changes.
 */
const PAUSE = 50
const stale = new Map<string, ChatRef>()
let timer: ReturnType<typeof setTimeout> | undefined

export function applyToChat(change: Change): void {
  const chat = chatOf(change)
  if (chat === undefined) return
  stale.set(chatKey(chat), chat)
  readStale()
}

/** Everything was read anew. */
export function forgetStale(): void {
  stale.clear()
}

/** What could not be read while the host was away. */
export function readStale(): void {
  if (timer !== undefined || stale.size === 0) return
  timer = setTimeout(readAgain, PAUSE)
}

async function readAgain(): Promise<void> {
  const chats = [...stale.values()]
  stale.clear()
  const lost = (await Promise.all(chats.map(read))).filter((chat) => chat !== undefined)
  timer = undefined
  if (lost.length === 0) readStale()
  for (const chat of lost) stale.set(chatKey(chat), chat)
}

/** Resolves to the conversation where the connection was lost. */
async function read(chat: ChatRef): Promise<ChatRef | undefined> {
  try {
    if (chat.kind === 'group') applyGroup(await api().groups.get({ group: chat.id }))
    else applyContact(await api().contacts.get({ contact: chat.id }))
    return undefined
  } catch (error) {
    // One that is gone says so itself.
    return error instanceof ORPCError ? undefined : chat
  }
}

function chatOf(change: Change): ChatRef | undefined {
  switch (change.type) {
    case 'message':
    case 'message-state':
    case 'member':
    case 'super-peer-gone':
      return { kind: 'group', id: change.group }
    case 'super-peer':
      return { kind: 'group', id: change.superPeer.group }
    case 'contact-message':
    case 'contact-message-state':
      return { kind: 'contact', id: change.contact }
    default:
      return undefined
  }
}
