import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { Message } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { conversationOf, openConversation, useMessages } from '../../state/messages.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { BackLink } from './back-link.tsx'
import { Composer, type Intent } from './composer.tsx'
import css from './conversation.module.css'
import { MessageDetails } from './message-details.tsx'
import { MessageList } from './message-list.tsx'
import { MessageSearch } from './message-search.tsx'
import { useShortcut } from './shortcut.ts'

/** One conversation: its header, its messages, and where one writes. */
export function Conversation({ group: id }: { readonly group: number }) {
  const { t, i18n } = useTranslation()
  const [, navigate] = useLocation()
  const group = useHost((state) => state.groups.get(id))
  const [intent, setIntent] = useState<Intent>()
  const [details, setDetails] = useState<Message>()
  const [searching, setSearching] = useState(false)
  const { failure, run } = useCall()

  const loaded = useMessages((state) => state.byGroup.has(id))
  const online = useHost((state) => state.connection === 'online')
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was forgotten is opened again
  useEffect(() => {
    const { messages, loading } = conversationOf(useMessages.getState(), id)
    if (!online || loading || messages.length > 0) return
    const current = useHost.getState().groups.get(id)
    const unread = current !== undefined && current.unread > 0 && current.readMessage > 0
    void run(() => openConversation(id, unread ? current.readMessage : undefined))
  }, [id, loaded, online, run])

  useShortcut('f', () => setSearching(true))
  useShortcut('Escape', () => (searching ? setSearching(false) : navigate('/chats')))

  if (group === undefined) return null
  const unfinished = group.status === 'creating' || group.status === 'ready' || group.status === 'joining'
  return (
    <main className={css.conversation} aria-label={group.displayName}>
      <header className={css.header}>
        <BackLink />
        <Link href={`/groups/${id}`} className={css.title}>
          <Avatar name={group.displayName} image={group.image} size={36} />
          <span className={css.names}>
            <bdi className={css.name}>{group.displayName}</bdi>
            <span className={css.about}>
              {t('chats.members', { count: group.memberCount, shown: group.memberCount.toLocaleString(i18n.language) })}
              {' · '}
              {t('chats.superPeers', { connected: group.superPeers.connected, total: group.superPeers.total })}
            </span>
          </span>
        </Link>
        <IconButton
          label={t('chats.searchHere')}
          icon={<Search size={18} />}
          pressed={searching}
          onClick={() => setSearching(!searching)}
        />
      </header>
      {searching && <MessageSearch group={id} onClose={() => setSearching(false)} />}
      {unfinished && (
        <p className={css.notice}>
          {t(group.status === 'joining' ? 'chats.unfinished.joining' : 'chats.unfinished.creating')}{' '}
          <Link href={`/groups/${id}/setup`}>{t('chats.unfinished.see')}</Link>
        </p>
      )}
      <FailureNote failure={failure} onRetry={() => run(() => openConversation(id))} />
      <MessageList
        group={group}
        onReply={(message) => setIntent({ kind: 'reply', message })}
        onEdit={(message) => setIntent({ kind: 'edit', message })}
        onDetails={setDetails}
      />
      <Composer group={group} intent={intent} onIntent={setIntent} />
      <MessageDetails message={details} onClose={() => setDetails(undefined)} />
    </main>
  )
}
