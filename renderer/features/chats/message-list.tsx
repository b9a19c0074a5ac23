import { ArrowDown } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso'
import type { Group, Message } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import {
  conversationOf,
  forgetConversation,
  loadNewer,
  loadOlder,
  openConversation,
  useMessages,
} from '../../state/messages.ts'
import { Button } from '../../ui/button.tsx'
import css from './message-list.module.css'
import { MessageRow } from './message-row.tsx'
import { sameDay } from './time.ts'

interface MessageListProps {
  readonly group: Group
  readonly onReply: (message: Message) => void
  readonly onEdit: (message: Message) => void
  readonly onDetails: (message: Message) => void
}

/** Positions stay stable while older pages come in front: the first index only goes down. */
const FIRST_INDEX = 1_000_000
/** Messages of one author within this time stand together. */
const TOGETHER = 5 * 60_000

export function MessageList({ group, onReply, onEdit, onDetails }: MessageListProps) {
  const { t } = useTranslation()
  const conversation = useMessages((state) => conversationOf(state, group.id))
  const { messages, atEnd, prepended } = conversation
  const list = useRef<VirtuosoHandle>(null)
  const [atBottom, setAtBottom] = useState(true)
  // The line stays where it was when the conversation was opened.
  const [readUpTo] = useState(group.readMessage)
  const firstUnread = useMemo(
    () => messages.findIndex((message) => message.id > readUpTo && !message.sent),
    [messages, readUpTo],
  )

  const newest = messages.at(-1)
  useEffect(() => {
    if (newest === undefined || !atBottom || !atEnd || newest.id <= group.readMessage) return
    if (!document.hasFocus()) return
    // The counter follows the host's word; a failure leaves it as it is.
    api()
      .messages.markRead({ group: group.id, message: newest.id })
      .catch(() => {})
  }, [newest, atBottom, atEnd, group.id, group.readMessage])

  async function jumpToNewest(): Promise<void> {
    if (!atEnd) {
      forgetConversation(group.id)
      await openConversation(group.id)
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
        className={css.list ?? ''}
        role="log"
        aria-label={t('chats.messages')}
        aria-live="polite"
        data={messages as Message[]}
        firstItemIndex={FIRST_INDEX - prepended}
        initialTopMostItemIndex={
          firstUnread > 0 ? { index: firstUnread, align: 'center' } : { index: messages.length - 1, align: 'end' }
        }
        computeItemKey={(_, message) => message.id}
        increaseViewportBy={{ top: 600, bottom: 300 }}
        followOutput={(bottom) => (bottom && atEnd ? 'auto' : false)}
        atBottomThreshold={80}
        atBottomStateChange={setAtBottom}
        startReached={() => void loadOlder(group.id).catch(() => {})}
        endReached={() => void loadNewer(group.id).catch(() => {})}
        itemContent={(index, message) => {
          const place = index - (FIRST_INDEX - prepended)
          const before = messages[place - 1]
          const newDay = before === undefined || !sameDay(before.time, message.time)
          return (
            <MessageRow
              group={group}
              message={message}
              newDay={newDay}
              unreadLine={place === firstUnread && firstUnread > 0}
              first={newDay || !together(before, message)}
              onReply={onReply}
              onEdit={onEdit}
              onDetails={onDetails}
            />
          )
        }}
      />
      {(!atBottom || !atEnd) && (
        <Button className={css.jump} icon={<ArrowDown size={18} aria-hidden="true" />} onClick={jumpToNewest}>
          {t('chats.newest')}
        </Button>
      )}
    </div>
  )
}

function together(before: Message, message: Message): boolean {
  return (
    before.author === message.author &&
    before.sent === message.sent &&
    before.asGroup === message.asGroup &&
    message.time - before.time < TOGETHER
  )
}
