import type { TFunction } from 'i18next'
import { ImagePlus, Pencil, Reply, SendHorizontal, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callsOf } from '../../state/chat-calls.ts'
import type { Chat, ChatMessage } from '../../state/chats.ts'
import { conversationOf, useMessages } from '../../state/messages.ts'
import { IconButton } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { closedText } from './closed.ts'
import css from './composer.module.css'
import { draftOf, keepDraft } from './drafts.ts'
import { MentionList } from './mention-list.tsx'
import { type Mentioned, mentionsIn } from './mentions.ts'
import { authorOf, chatName } from './names.ts'
import { textOf } from './summary.ts'
import { useMentions } from './use-mentions.ts'
import type { PictureDraft } from './use-picture.ts'

/** What the next text will do beside being said. */
export interface Intent {
  readonly kind: 'reply' | 'edit'
  readonly message: ChatMessage
}

interface ComposerProps {
  readonly chat: Chat
  readonly intent: Intent | undefined
  readonly onIntent: (intent: Intent | undefined) => void
  readonly picture: PictureDraft
}

/** The network takes at most so much text in one message. */
const MAX_LENGTH = 12_000

export function Composer({ chat, intent, onIntent, picture }: ComposerProps) {
  const { t } = useTranslation()
  const { ref } = chat
  const [text, setText] = useState(() => draftOf(ref))
  const field = useRef<HTMLTextAreaElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const { busy, failure, run, clear } = useCall()
  const mentions = useMentions(chat.kind === 'group' ? ref.id : undefined, insert)
  const editing = intent?.kind === 'edit'
  const nothing = text.trim() === '' && (picture.image === undefined || editing)

  useEffect(() => {
    if (intent?.kind === 'edit') setText(intent.message.text)
    if (intent !== undefined) field.current?.focus()
  }, [intent])

  useEffect(() => {
    if (picture.image !== undefined) field.current?.focus()
  }, [picture.image])

  useEffect(() => {
    const area = field.current
    if (area === null) return
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight, 200)}px`
  })

  function change(next: string): void {
    setText(next)
    if (!editing) keepDraft(ref, next)
    if (failure !== undefined) clear()
  }

  function insert(start: number, end: number, added: string): void {
    change(text.slice(0, start) + added + text.slice(end))
    const caret = start + added.length
    requestAnimationFrame(() => field.current?.setSelectionRange(caret, caret))
  }

  function leaveIntent(): void {
    if (editing) setText(draftOf(ref))
    onIntent(undefined)
  }

  async function submit(): Promise<void> {
    const said = text.trim()
    if (nothing || busy || picture.busy) return
    const image = editing ? undefined : picture.image
    if (!(await run(() => perform(chat, intent, { said, image, mentioned: mentions.mentioned })))) return
    if (editing) setText(draftOf(ref))
    else {
      setText('')
      keepDraft(ref, '')
      picture.clear()
    }
    mentions.reset()
    onIntent(undefined)
    field.current?.focus()
  }

  function key(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || mentions.key(event)) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      void submit()
    } else if (event.key === 'ArrowUp' && text === '' && intent === undefined) {
      const last = conversationOf(useMessages.getState(), ref).messages.findLast(
        (message) => message.sent && message.deletedAt === undefined,
      )
      if (last === undefined) return
      event.preventDefault()
      onIntent({ kind: 'edit', message: last })
    } else if (event.key === 'Escape' && intent !== undefined) {
      event.preventDefault()
      leaveIntent()
    }
  }

  if (!chat.mayWrite) return <p className={css.closed}>{t(closedText(chat), { name: chatName(chat, t) })}</p>
  const { offer } = mentions
  return (
    <div className={css.composer}>
      {intent !== undefined && (
        <div className={css.intent}>
          {editing ? <Pencil size={16} aria-hidden="true" /> : <Reply size={16} aria-hidden="true" />}
          <span className={css.intentText}>
            <strong>{editing ? t('chats.editing') : replyTitle(chat, intent.message, t)}</strong>
            <span dir="auto">{textOf(intent.message, t)}</span>
          </span>
          <IconButton label={t('action.cancel')} icon={<X size={18} />} onClick={leaveIntent} />
        </div>
      )}
      {picture.image !== undefined && !editing && (
        <div className={css.picture}>
          <img src={picture.image} alt={t('chats.picture.chosen')} />
          <IconButton label={t('chats.picture.remove')} icon={<X size={18} />} onClick={picture.clear} />
        </div>
      )}
      {picture.failed && (
        <p className={css.problem} role="alert">
          {t('picture.failed')}
        </p>
      )}
      <FailureNote failure={failure} />
      <div className={css.line}>
        {offer !== undefined && <MentionList offer={offer} />}
        <IconButton
          label={t('chats.picture.add')}
          icon={<ImagePlus size={18} />}
          disabled={editing || picture.busy}
          onClick={() => file.current?.click()}
        />
        <input
          ref={file}
          className="visually-hidden"
          type="file"
          accept="image/*"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            void picture.take(event.currentTarget.files?.[0])
            event.currentTarget.value = ''
          }}
        />
        <textarea
          ref={field}
          rows={1}
          value={text}
          dir="auto"
          maxLength={MAX_LENGTH}
          placeholder={t('chats.write')}
          aria-label={t('chats.writeTo', { name: chatName(chat, t) })}
          aria-autocomplete={chat.kind === 'group' ? 'list' : undefined}
          aria-controls={offer?.listId}
          aria-activedescendant={offer?.optionId(offer.active)}
          onChange={(event) => {
            change(event.currentTarget.value)
            mentions.look(event.currentTarget.value, event.currentTarget.selectionStart)
          }}
          onSelect={(event) => mentions.look(event.currentTarget.value, event.currentTarget.selectionStart)}
          onKeyDown={key}
          onPaste={picture.onPaste}
        />
        <IconButton
          className={css.send ?? ''}
          label={t('chats.send')}
          icon={<SendHorizontal size={18} />}
          disabled={nothing || busy || picture.busy}
          onClick={submit}
        />
      </div>
    </div>
  )
}

function replyTitle(chat: Chat, message: ChatMessage, t: TFunction): string {
  return message.sent && !message.asGroup
    ? t('chats.replyToOwn')
    : t('chats.replyTo', { name: authorOf(chat, message, t) })
}

interface Written {
  readonly said: string
  readonly image: string | undefined
  readonly mentioned: Mentioned
}

function perform(chat: Chat, intent: Intent | undefined, { said, image, mentioned }: Written): Promise<unknown> {
  const calls = callsOf(chat.ref)
  if (intent?.kind === 'edit') return calls.edit(intent.message.id, said)
  const mentions = mentionsIn(said, mentioned)
  return calls.send({
    text: said,
    ...(image === undefined ? {} : { image }),
    ...(intent === undefined ? {} : { quote: intent.message.id }),
    ...(mentions.length === 0 ? {} : { mentions }),
  })
}
