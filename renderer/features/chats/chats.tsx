import { MessagesSquare } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { type ChatRef, chatKey } from '../../state/chats.ts'
import { useChat, useChats } from '../../state/use-chats.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/page.tsx'
import { ChatList } from './chat-list.tsx'
import css from './chats.module.css'
import { Conversation } from './conversation.tsx'
import { ListDivider } from './list-divider.tsx'

/** List and conversation side by side; on narrow windows they take turns. */
export function Chats({ chat }: { readonly chat: ChatRef | undefined }) {
  const empty = useChats().length === 0
  return (
    <div className={css.chats} data-open={chat !== undefined} data-empty={empty}>
      <ChatList selected={chat} />
      <ListDivider />
      <div className={css.content}>{chat === undefined ? <Nothing /> : <Known key={chatKey(chat)} chat={chat} />}</div>
    </div>
  )
}

function Known({ chat }: { readonly chat: ChatRef }) {
  const known = useChat(chat) !== undefined
  return known ? <Conversation chat={chat} /> : <Nothing />
}

function Nothing() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const any = useChats().length > 0
  return (
    <Empty
      icon={<MessagesSquare size={28} />}
      title={t(any ? 'chats.choose.title' : 'chats.none.title')}
      text={t(any ? 'chats.choose.text' : 'chats.none.text')}
      action={
        any ? undefined : (
          <div className={css.begin}>
            <Button look="primary" onClick={() => navigate('/groups/new')}>
              {t('chats.new.create')}
            </Button>
            <Button onClick={() => navigate('/join')}>{t('chats.new.join')}</Button>
            <Button onClick={() => navigate('/contacts/invite')}>{t('chats.new.invite')}</Button>
          </div>
        )
      }
    />
  )
}
