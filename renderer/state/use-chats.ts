import { useMemo } from 'react'
import { type Chat, type ChatRef, contactChat, groupChat } from './chats.ts'
import { useContacts } from './contacts.ts'
import { useHost } from './host.ts'

/** All of them, in no order. */
export function useChats(): readonly Chat[] {
  const groups = useHost((state) => state.groups)
  const contacts = useContacts((state) => state.contacts)
  return useMemo(
    () => [...[...groups.values()].map(groupChat), ...[...contacts.values()].map(contactChat)],
    [groups, contacts],
  )
}

export function useChat({ kind, id }: ChatRef): Chat | undefined {
  const group = useHost((state) => (kind === 'group' ? state.groups.get(id) : undefined))
  const contact = useContacts((state) => (kind === 'contact' ? state.contacts.get(id) : undefined))
  return useMemo(() => (group === undefined ? contact && contactChat(contact) : groupChat(group)), [group, contact])
}
