import { Search, ShieldCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { type Chat, type ChatMessage, type ChatRef, chatAboutPath, chatPath } from '../../state/chats.ts'
import { useHost } from '../../state/host.ts'
import { conversationOf, isLoaded, openConversation, useMessages } from '../../state/messages.ts'
import { useSuperPeers } from '../../state/super-peers.ts'
import { useChat } from '../../state/use-chats.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { isolate } from '../../ui/isolate.ts'
import { hasEnded } from '../groups/ended.ts'
import { healthOf } from '../groups/health.ts'
import { BackLink } from './back-link.tsx'
import { Composer } from './composer.tsx'
import css from './conversation.module.css'
import { MessageDetails } from './message-details.tsx'
import { MessageList } from './message-list.tsx'
import { MessageSearch } from './message-search.tsx'
import { chatName } from './names.ts'
import { useShortcut } from './shortcut.ts'
import { usePicture } from './use-picture.ts'
import type { Intent } from './use-sending.ts'

/** One conversation: its header, its messages, and where one writes. */
export function Conversation({ chat: wanted }: { readonly chat: ChatRef }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const chat = useChat(wanted)
  const [ref] = useState(wanted)
  const [intent, setIntent] = useState<Intent>()
  const [details, setDetails] = useState<ChatMessage>()
  const [searching, setSearching] = useState(false)
  const { failure, run } = useCall()
  const picture = usePicture(chat?.mayWrite === true)

  const loaded = useMessages((state) => isLoaded(state, ref))
  const online = useHost((state) => state.connection === 'online')
  const readMessage = chat !== undefined && chat.unread > 0 && chat.readMessage > 0 ? chat.readMessage : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was forgotten is opened again
  useEffect(() => {
    const { messages, loading } = conversationOf(useMessages.getState(), ref)
    if (!online || loading || messages.length > 0) return
    void run(() => openConversation(ref, readMessage))
  }, [ref, loaded, online, run])

  useShortcut('f', () => setSearching(true))
  useShortcut('Escape', () => {
    if (searching) return setSearching(false)
    navigate('/chats')
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`aside a[href="${chatPath(ref)}"]`)?.focus())
  })

  if (chat === undefined) return null
  const name = chatName(chat, t)
  return (
    <main className={css.conversation} aria-label={name} data-over={picture.over} {...picture.drop}>
      <header className={css.header}>
        <BackLink />
        <Link href={chatAboutPath(ref)} className={css.title}>
          <Avatar name={name} image={chat.image} size={36} />
          <span className={css.names}>
            <span className={css.nameLine}>
              <bdi className={css.name}>{name}</bdi>
              {chat.kind === 'contact' && chat.contact.verifiedAt !== undefined && (
                <ShieldCheck className={css.verified} size={16} aria-label={t('contacts.verified')} />
              )}
            </span>
            <About chat={chat} />
          </span>
        </Link>
        <IconButton
          label={t('chats.searchHere')}
          icon={<Search size={18} />}
          pressed={searching}
          onClick={() => setSearching(!searching)}
        />
      </header>
      {searching && <MessageSearch chat={chat} onClose={() => setSearching(false)} />}
      <Unfinished chat={chat} />
      <FailureNote failure={failure} onRetry={() => run(() => openConversation(ref))} />
      <MessageList
        chat={chat}
        onReply={(message) => setIntent({ kind: 'reply', message })}
        onEdit={(message) => setIntent({ kind: 'edit', message })}
        onDetails={setDetails}
      />
      <Composer chat={chat} intent={intent} onIntent={setIntent} picture={picture} />
      <MessageDetails chat={ref} message={details} onClose={() => setDetails(undefined)} />
      {picture.over && (
        <p className={css.drop} aria-hidden="true">
          {t('chats.picture.drop')}
        </p>
      )}
    </main>
  )
}

/** The second line of the header. */
function About({ chat }: { readonly chat: Chat }) {
  const { t } = useTranslation()
  if (chat.kind === 'contact') {
    const { status, incognito } = chat.contact
    const text =
      status === 'active' && incognito !== undefined ? t('contacts.knownAs', { name: isolate(incognito) }) : undefined
    return <span className={css.about}>{text ?? t(`contacts.status.${status}`)}</span>
  }
  return <AboutGroup group={chat.group} />
}

function AboutGroup({ group }: { readonly group: Group }) {
  const { t, i18n } = useTranslation()
  const { active, total } = healthOf(useSuperPeers(group.id))
  const { memberCount } = group
  return (
    <span className={css.about}>
      {t('chats.members', { count: memberCount, shown: memberCount.toLocaleString(i18n.language) })}
      {!hasEnded(group) && ` · ${t('chats.superPeers', { connected: active, total })}`}
    </span>
  )
}

function Unfinished({ chat }: { readonly chat: Chat }) {
  const { t } = useTranslation()
  if (chat.kind === 'contact') return null
  const { id, status } = chat.group
  if (status !== 'creating' && status !== 'ready' && status !== 'joining') return null
  return (
    <p className={css.notice}>
      {t(status === 'joining' ? 'chats.unfinished.joining' : 'chats.unfinished.creating')}{' '}
      <Link href={`/groups/${id}/setup`}>{t('chats.unfinished.see')}</Link>
    </p>
  )
}
