import { Archive, ArchiveRestore, AtSign, Bell, BellOff, CheckCheck, Pin, PinOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { callsOf } from '../../state/chat-calls.ts'
import { type Chat, chatPath } from '../../state/chats.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { ContextMenu, type MenuItem } from '../../ui/menu.tsx'
import css from './chat-list.module.css'
import { chatName } from './names.ts'
import { useNow } from './now.ts'
import { summaryOf } from './summary.ts'
import { shortTime } from './time.ts'

/** One row of the list; its menu opens with the other mouse button, a long press or the menu key. */
export function ChatItem({ chat, current }: { readonly chat: Chat; readonly current: boolean }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { failure, run } = useCall()
  const { unread, mentions, flags, activeAt, lastMessage, ref } = chat
  const name = chatName(chat, t)
  const { muted, pinned, archived } = flags
  const calls = callsOf(ref)
  const items: (MenuItem | false)[] = [
    unread > 0 &&
      lastMessage !== undefined && {
        text: t('chats.list.read'),
        icon: <CheckCheck size={18} />,
        run: () => void run(() => calls.markRead(lastMessage.id)),
      },
    {
      text: t(pinned ? 'chats.list.unpin' : 'chats.list.pin'),
      icon: pinned ? <PinOff size={18} /> : <Pin size={18} />,
      run: () => void run(() => calls.flags({ pinned: !pinned })),
    },
    {
      text: t(muted ? 'chats.list.unmute' : 'chats.list.mute'),
      icon: muted ? <Bell size={18} /> : <BellOff size={18} />,
      run: () => void run(() => calls.flags({ muted: !muted })),
    },
    {
      text: t(archived ? 'chats.list.unarchive' : 'chats.list.archive'),
      icon: archived ? <ArchiveRestore size={18} /> : <Archive size={18} />,
      run: () => void run(() => calls.flags({ archived: !archived })),
    },
  ]
  return (
    <>
      <ContextMenu items={items.filter((item) => item !== false)}>
        <Link href={chatPath(ref)} className={css.item} aria-current={current ? 'page' : undefined}>
          <Avatar name={name} image={chat.image} size={48} />
          <span className={css.text}>
            <span className={css.line}>
              <bdi className={css.name}>{name}</bdi>
              <time className={css.time} dateTime={new Date(activeAt).toISOString()}>
                {shortTime(activeAt, now, i18n.language)}
              </time>
            </span>
            <span className={css.line}>
              <bdi className={css.last}>{summaryOf(chat, t)}</bdi>
              {muted && <BellOff size={14} aria-label={t('chats.muted')} />}
              {pinned && <Pin size={14} aria-label={t('chats.pinned')} />}
              {mentions.length > 0 && (
                <span className={css.mentions}>
                  <AtSign size={13} aria-hidden="true" />
                  <span className="visually-hidden">{t('chats.mentions', { count: mentions.length })}</span>
                </span>
              )}
              {unread > 0 && (
                <span className={css.unread} data-muted={muted}>
                  <span aria-hidden="true">{unread.toLocaleString(i18n.language)}</span>
                  <span className="visually-hidden">{t('chats.unread', { count: unread })}</span>
                </span>
              )}
            </span>
          </span>
        </Link>
      </ContextMenu>
      <FailureNote failure={failure} />
    </>
  )
}
