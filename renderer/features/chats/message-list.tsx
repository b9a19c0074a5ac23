import { ArrowDown, AtSign } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso'
import { callsOf } from '../../state/chat-calls.ts'
import type { Chat, ChatMessage } from '../../state/chats.ts'
import {
  conversationOf,
  dropFocus,
  forgetConversation,
  loadNewer,
  loadOlder,
  openConversation,
  showMessage,
  useMessages,
} from '../../state/messages.ts'
import { Button } from '../../ui/button.tsx'
import { useLooking } from '../../ui/looking.ts'
import css from './message-list.module.css'
import { MessageRow } from './message-row.tsx'
import { sameDay } from './time.ts'
import { NEAR, useStayAtBottom } from './use-stay-at-bottom.ts'

interface MessageListProps {
  readonly chat: Chat
  readonly onReply: (message: ChatMessage) => void
  readonly onEdit: (message: ChatMessage) => void
  readonly onDetails: (message: ChatMessage) => void
}

/** Positions stay stable while older pages come in front: the first index only goes down. */
const FIRST_INDEX = 1_000_000
/** Messages of one author within this time stand together. */
const TOGETHER = 5 * 60_000
/** How long a message that was asked for stays marked. */
const FOCUS_TIME = 2500

/** Air below the newest message. */
const COMPONENTS = { Footer: () => <div className={css.foot} /> }

export function MessageList({ chat, onReply, onEdit, onDetails }: MessageListProps) {
  const { t } = useTranslation()
  const { ref, readMessage } = chat
  const conversation = useMessages((state) => conversationOf(state, ref))
  const { messages, atEnd, prepended, focus } = conversation
  const list = useRef<VirtuosoHandle>(null)
  const [atBottom, setAtBottom] = useState(true)
  // The line stays where it was when the conversation was opened; who was up to date then, and is, needs none.
  const [readUpTo, setReadUpTo] = useState(chat.unread > 0 ? readMessage : undefined)
  const firstUnread = useMemo(
    () => (readUpTo === undefined ? -1 : messages.findIndex((message) => message.id > readUpTo && !message.sent)),
    [messages, readUpTo],
  )
  const focused = focus === undefined ? -1 : messages.findIndex(({ id }) => id === focus.message)

  const stay = useStayAtBottom()
  const looking = useLooking()
  const newest = messages.at(-1)
  useEffect(() => {
    if (newest === undefined || !atBottom || !atEnd || newest.id <= readMessage || !looking) return
    // The counter follows the host's word; a failure leaves it as it is.
    callsOf(ref)
      .markRead(newest.id)
      .catch(() => {})
  }, [newest, atBottom, atEnd, ref, readMessage, looking])

  const away = chat.unread > 0 && !looking
  const answered = newest?.sent === true && chat.unread === 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: with the first that comes while nobody looks
  useEffect(() => {
    if (away) setReadUpTo((line) => line ?? readMessage)
  }, [away])
  useEffect(() => {
    if (answered) setReadUpTo(undefined)
  }, [answered])

  // biome-ignore lint/correctness/useExhaustiveDependencies: each asking scrolls once
  useEffect(() => {
    if (focus === undefined || focused < 0) return
    list.current?.scrollToIndex({ index: focused, align: 'center' })
    const timer = setTimeout(() => dropFocus(ref), FOCUS_TIME)
    return () => clearTimeout(timer)
  }, [focus?.serial])

  async function jumpToNewest(): Promise<void> {
    if (!atEnd) {
      forgetConversation(ref)
      await openConversation(ref)
    }
    list.current?.scrollToIndex({ index: 'LAST', align: 'end' })
  }

  if (messages.length === 0) {
    return <div className={css.empty}>{!conversation.loading && <p>{t('chats.noMessages')}</p>}</div>
  }
  return (
    <div className={css.frame}>
      <Virtuoso
        ref={list}
        scrollerRef={stay}
        className={css.list ?? ''}
        role="log"
        aria-label={t('chats.messages')}
        aria-live="polite"
        data={messages as ChatMessage[]}
        firstItemIndex={FIRST_INDEX - prepended}
        initialTopMostItemIndex={startAt(focused, firstUnread, messages.length)}
        computeItemKey={(_, message) => message.id}
        increaseViewportBy={{ top: 600, bottom: 300 }}
        components={COMPONENTS}
        followOutput={(bottom) => (bottom && atEnd ? 'auto' : false)}
        atBottomThreshold={NEAR}
        atBottomStateChange={setAtBottom}
        startReached={() => void loadOlder(ref).catch(() => {})}
        endReached={() => void loadNewer(ref).catch(() => {})}
        itemContent={(index, message) => {
          const place = index - (FIRST_INDEX - prepended)
          const before = messages[place - 1]
          const newDay = before === undefined || !sameDay(before.time, message.time)
          return (
            <MessageRow
              chat={chat}
              message={message}
              newDay={newDay}
              unreadLine={place === firstUnread && firstUnread > 0}
              first={newDay || !together(before, message)}
              focused={place === focused}
              onReply={onReply}
              onEdit={onEdit}
              onDetails={onDetails}
            />
          )
        }}
      />
      <div className={css.jumps}>
        {!atBottom && <MentionJump chat={chat} />}
        {(!atBottom || !atEnd) && (
          <Button className={css.jump} icon={<ArrowDown size={18} aria-hidden="true" />} onClick={jumpToNewest}>
            {t('chats.newest')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** To the next message that names us and was not looked at yet. */
function MentionJump({ chat }: { readonly chat: Chat }) {
  const { t, i18n } = useTranslation()
  const [visited, setVisited] = useState<ReadonlySet<number>>(new Set())
  const left = chat.mentions.filter((message) => !visited.has(message))
  const [next] = left
  if (next === undefined) return null
  return (
    <Button
      className={css.jump}
      icon={<AtSign size={18} aria-hidden="true" />}
      aria-label={t('chats.mentions', { count: left.length })}
      onClick={() => {
        setVisited(new Set(visited).add(next))
        void showMessage(chat.ref, next).catch(() => {})
      }}
    >
      {left.length.toLocaleString(i18n.language)}
    </Button>
  )
}

function startAt(focused: number, firstUnread: number, count: number) {
  if (focused >= 0) return { index: focused, align: 'center' } as const
  return firstUnread > 0
    ? ({ index: firstUnread, align: 'center' } as const)
    : ({ index: count - 1, align: 'end' } as const)
}

function together(before: ChatMessage, message: ChatMessage): boolean {
  return (
    before.author === message.author &&
    before.sent === message.sent &&
    before.asGroup === message.asGroup &&
    message.time - before.time < TOGETHER
  )
}
