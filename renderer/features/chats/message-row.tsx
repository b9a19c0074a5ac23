import { ShieldAlert, ShieldCheck, Timer } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Chat, ChatMessage, Quote as Quoted } from '../../state/chats.ts'
import { showMessage } from '../../state/messages.ts'
import { useMemberPicture } from '../../state/pictures.ts'
import { Avatar, hueOf } from '../../ui/avatar.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Attachment } from './attachment.tsx'
import { deliveryText } from './delivery.ts'
import { LinkCard } from './link-card.tsx'
import { firstLink, plainText } from './markdown.ts'
import { MessageActions } from './message-actions.tsx'
import css from './message-row.module.css'
import { authorOf, chatName } from './names.ts'
import { useNow } from './now.ts'
import { Reactions } from './reactions.tsx'
import { RichText } from './rich-text.tsx'
import { textOf } from './summary.ts'
import { clockTime, dayName } from './time.ts'

interface MessageRowProps {
  readonly chat: Chat
  readonly message: ChatMessage
  /** Of its day. */
  readonly newDay: boolean
  readonly unreadLine: boolean
  /** The first of several by one author. */
  readonly first: boolean
  /** Somebody asked for this one. */
  readonly focused: boolean
  readonly onReply: (message: ChatMessage) => void
  readonly onEdit: (message: ChatMessage) => void
  readonly onDetails: (message: ChatMessage) => void
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { chat, message, newDay, unreadLine, first, focused } = props
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { sent } = message
  const author = authorOf(chat, message, t)
  const pictured = !sent && chat.kind === 'group'
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
        data-mentioned={message.mentioned}
        data-focused={focused}
        aria-label={sent ? t('chats.yourMessage') : author}
      >
        {pictured && (
          <span className={css.picture}>{first && <AuthorPicture chat={chat} message={message} name={author} />}</span>
        )}
        <Bubble {...props} author={pictured && first ? author : undefined} />
      </article>
    </div>
  )
})

interface AuthorPictureProps {
  readonly chat: Chat
  readonly message: ChatMessage
  readonly name: string
}

function AuthorPicture({ chat, message: { asGroup, author }, name }: AuthorPictureProps) {
  const picture = useMemberPicture(asGroup ? undefined : chat.ref.id, author)
  return <Avatar name={name} image={asGroup ? chat.image : picture} size={32} />
}

function Bubble(props: MessageRowProps & { readonly author: string | undefined }) {
  const { chat, message, author } = props
  const { t, i18n } = useTranslation()
  const { failure, run } = useCall()
  const gone = message.deletedAt !== undefined || message.hidden
  const state = deliveryText(chat.kind, message, t)
  const link = gone || message.content.type === 'link' ? undefined : firstLink(message.text)
  return (
    <div className={css.bubble}>
      {author !== undefined && (
        <bdi className={css.author} data-hue={hueOf(author)}>
          {author}
        </bdi>
      )}
      {message.quote !== undefined && !gone && <Quote chat={chat} quote={message.quote} onFailure={run} />}
      {!gone && <Attachment message={message} />}
      <div className={css.said}>
        {gone && <em className={css.gone}>{textOf(message, t)}</em>}
        {!gone && message.text !== '' && <RichText text={message.text} />}
        {link !== undefined && <LinkCard href={link} />}
        <span className={css.meta}>
          {message.copiesDiffer && (
            <ShieldAlert className={css.differs} size={14} aria-label={t('chats.copiesDiffer')} />
          )}
          {message.signed === 'verified' && <ShieldCheck size={14} aria-label={t('chats.verified')} />}
          {message.disappears !== undefined && <Timer size={14} aria-label={t('chats.disappears')} />}
          {message.editedAt !== undefined && !gone && <span>{t('chats.edited')}</span>}
          <time dateTime={new Date(message.time).toISOString()}>{clockTime(message.time, i18n.language)}</time>
          {state !== undefined && <span className={css.state}>{state}</span>}
        </span>
      </div>
      {!gone && <Reactions chat={chat.ref} message={message} onFailure={run} />}
      <FailureNote failure={failure} />
      {!gone && <MessageActions {...props} run={run} />}
    </div>
  )
}

interface QuoteProps {
  readonly chat: Chat
  readonly quote: Quoted
  readonly onFailure: (work: () => Promise<unknown>) => Promise<boolean>
}

/** What is answered; a click leads there, where it is still known. */
function Quote({ chat, quote, onFailure }: QuoteProps) {
  const { t } = useTranslation()
  const { message, text, sent } = quote
  const shown = text === '' ? t('chats.message.kind.image') : plainText(text)
  const author = sent ? t('chats.quoteOwn') : chat.kind === 'contact' ? chatName(chat, t) : quote.authorName
  return (
    <blockquote className={css.quote} dir="auto" data-hue={author === undefined || sent ? undefined : hueOf(author)}>
      {author !== undefined && <bdi className={css.quoted}>{author}</bdi>}
      {message === undefined ? (
        <span>{shown}</span>
      ) : (
        <button type="button" onClick={() => onFailure(() => showMessage(chat.ref, message))}>
          {shown}
        </button>
      )}
    </blockquote>
  )
}
