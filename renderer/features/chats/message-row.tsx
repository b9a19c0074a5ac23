import { Copy, Info, MoreHorizontal, Pencil, Reply, ShieldAlert, ShieldCheck, SmilePlus, Trash2 } from 'lucide-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group, Message } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Menu, type MenuItem } from '../../ui/menu.tsx'
import { Attachment } from './attachment.tsx'
import { deliveryText } from './delivery.ts'
import css from './message-row.module.css'
import { useNow } from './now.ts'
import { REACTIONS, Reactions } from './reactions.tsx'
import { RichText } from './rich-text.tsx'
import { textOf } from './summary.ts'
import { clockTime, dayName } from './time.ts'

interface MessageRowProps {
  readonly group: Group
  readonly message: Message
  /** Of its day. */
  readonly newDay: boolean
  readonly unreadLine: boolean
  /** The first of several by one author. */
  readonly first: boolean
  readonly onReply: (message: Message) => void
  readonly onEdit: (message: Message) => void
  readonly onDetails: (message: Message) => void
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { group, message, newDay, unreadLine, first } = props
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { sent, asGroup } = message
  const author = asGroup ? group.displayName : (message.authorName ?? t('chats.unknownAuthor'))
  return (
    <div className={css.row}>
      {newDay && (
        <p className={css.day}>
          <time dateTime={new Date(message.time).toISOString()}>{dayName(message.time, now, i18n.language)}</time>
        </p>
      )}
      {unreadLine && (
        <p className={css.unread}>
          <span>{t('chats.unreadLine')}</span>
        </p>
      )}
      <article
        className={css.message}
        data-sent={sent}
        data-first={first}
        aria-label={sent ? t('chats.yourMessage') : author}
      >
        {!sent && (
          <span className={css.picture}>
            {first && <Avatar name={author} image={asGroup ? group.image : undefined} size={32} />}
          </span>
        )}
        <Bubble {...props} author={author} />
      </article>
    </div>
  )
})

function Bubble(props: MessageRowProps & { readonly author: string }) {
  const { message, first, author } = props
  const { t, i18n } = useTranslation()
  const { failure, run } = useCall()
  const gone = message.deletedAt !== undefined || message.hidden
  const state = deliveryText(message, t)
  return (
    <div className={css.bubble}>
      {first && !message.sent && <bdi className={css.author}>{author}</bdi>}
      {message.quote !== undefined && !gone && (
        <blockquote className={css.quote} dir="auto">
          {message.quote.text}
        </blockquote>
      )}
      {gone ? (
        <em className={css.gone}>{textOf(message, t)}</em>
      ) : (
        <>
          <Attachment message={message} />
          <RichText text={message.text} />
        </>
      )}
      <span className={css.meta}>
        {message.copiesDiffer && <ShieldAlert className={css.differs} size={14} aria-label={t('chats.copiesDiffer')} />}
        {message.signed === 'verified' && <ShieldCheck size={14} aria-label={t('chats.verified')} />}
        {message.editedAt !== undefined && !gone && <span>{t('chats.edited')}</span>}
        <time dateTime={new Date(message.time).toISOString()}>{clockTime(message.time, i18n.language)}</time>
        {state !== undefined && <span className={css.state}>{state}</span>}
      </span>
      {!gone && <Reactions message={message} onFailure={run} />}
      <FailureNote failure={failure} />
      {!gone && <Actions {...props} run={run} />}
    </div>
  )
}

type ActionsProps = MessageRowProps & { readonly run: ReturnType<typeof useCall>['run'] }

function Actions({ group, message, onReply, onEdit, onDetails, run }: ActionsProps) {
  const { t } = useTranslation()
  const [reacting, setReacting] = useState(false)
  const target = { group: group.id, message: message.id }
  const own = message.sent
  const moderates = group.role === 'owner' || group.role === 'admin' || group.role === 'moderator'
  const items: (MenuItem | undefined)[] = [
    group.mayWrite
      ? { text: t('chats.actions.reply'), icon: <Reply size={18} />, run: () => onReply(message) }
      : undefined,
    { text: t('chats.actions.react'), icon: <SmilePlus size={18} />, run: () => setReacting(true) },
    {
      text: t('chats.actions.copy'),
      icon: <Copy size={18} />,
      run: () => void navigator.clipboard.writeText(message.text),
    },
    own ? { text: t('chats.actions.edit'), icon: <Pencil size={18} />, run: () => onEdit(message) } : undefined,
    { text: t('chats.actions.details'), icon: <Info size={18} />, run: () => onDetails(message) },
    own || moderates
      ? {
          text: t(own ? 'chats.actions.delete' : 'chats.actions.moderate'),
          icon: <Trash2 size={18} />,
          danger: true,
          run: () => void run(() => api().messages.delete(target)),
        }
      : undefined,
  ]
  return (
    <>
      <Menu
        className={css.actions}
        label={t('chats.actions.label')}
        icon={<MoreHorizontal size={18} />}
        items={items.filter((item) => item !== undefined)}
      />
      {reacting && (
        <div className={css.picker} role="toolbar" aria-label={t('chats.actions.react')}>
          {REACTIONS.map((emoji) => (
            <button
              key={emoji}
              type="button"
              // biome-ignore lint/a11y/noAutofocus: the toolbar was just asked for
              autoFocus={emoji === REACTIONS[0]}
              onKeyDown={(event) => event.key === 'Escape' && setReacting(false)}
              onClick={() => {
                setReacting(false)
                void run(() => api().messages.react({ ...target, emoji, add: true }))
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </>
  )
}
