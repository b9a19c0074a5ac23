import { MessagesSquare } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/page.tsx'
import { ChatList } from './chat-list.tsx'
import css from './chats.module.css'
import { Conversation } from './conversation.tsx'
import { ListDivider } from './list-divider.tsx'

/** List and conversation side by side; on narrow windows they take turns. */
export function Chats({ group }: { readonly group: number | undefined }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const known = useHost((state) => group !== undefined && state.groups.has(group))
  const any = useHost((state) => state.groups.size > 0)
  return (
    <div className={css.chats} data-open={group !== undefined}>
      <ChatList selected={group} />
      <ListDivider />
      <div className={css.content}>
        {group !== undefined && known ? (
          <Conversation key={group} group={group} />
        ) : (
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
                </div>
              )
            }
          />
        )}
      </div>
    </div>
  )
}
