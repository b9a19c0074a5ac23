import type { TFunction } from 'i18next'
import { ImagePlus, Pencil, Reply, SendHorizontal, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Chat, ChatMessage } from '../../state/chats.ts'
import { conversationOf, useMessages } from '../../state/messages.ts'
import { IconButton } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { closedText } from './closed.ts'
import css from './composer.module.css'
import { draftOf, keepDraft } from './drafts.ts'
import { MentionList } from './mention-list.tsx'
import { authorOf, chatName } from './names.ts'
import { textOf } from './summary.ts'
import { useMentions } from './use-mentions.ts'
import type { PictureDraft } from './use-picture.ts'
import { type Intent, useSending, type Written } from './use-sending.ts'

interface ComposerProps {
  readonly chat: Chat
  readonly intent: Intent | undefined
  readonly onIntent: (intent: Intent | undefined) => void
  readonly picture: PictureDraft
}

/** The host takes no longer text, in UTF-16 units; whether it fits into a message, it says itself. */
const MAX_LENGTH = 16_000

export function Composer({ chat, intent, onIntent, picture }: ComposerProps) {
  const { t, i18n } = useTranslation()
  const { ref } = chat
  const [text, setText] = useState(() => draftOf(ref))
  const field = useRef<HTMLTextAreaElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const { failure, send, clear } = useSending(chat, takeBack)
  const mentions = useMentions(chat.kind === 'group' ? ref.id : undefined, insert)
  const editing = intent?.kind === 'edit'
  const nothing = text.trim() === '' && (picture.image === undefined || editing)
  const tooLong = text.length > MAX_LENGTH

  useEffect(() => {
    // Where fingers write, the keyboard on the screen would hide what there is to read.
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true })
    // A draft goes on where it ended.
    field.current?.setSelectionRange(-1, -1)
  }, [])

  useEffect(() => {
    if (intent?.kind === 'edit') setText(intent.text ?? intent.message.text)
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

  /** The field is free at once: who writes fast is at the next message before the host has this one. */
  function submit(): void {
    if (nothing || tooLong || picture.busy) return
    const image = editing ? undefined : picture.image
    void send({ intent, text: text.trim(), image, mentioned: mentions.mentioned })
    if (!editing) {
      keepDraft(ref, '')
      picture.clear()
    }
    setText(draftOf(ref))
    mentions.reset()
    onIntent(undefined)
    field.current?.focus()
  }

  /** What the host did not take stands in the field again, before what was written since. */
  function takeBack(unsent: readonly Written[]): void {
    const said = unsent.filter((written) => written.intent?.kind !== 'edit').map((written) => written.text)
    const draft = [...said, draftOf(ref)].filter((part) => part !== '').join('\n')
    keepDraft(ref, draft)
    if (!editing) setText(draft)
    for (const { image, mentioned } of unsent) {
      if (image !== undefined) picture.takeBack(image)
      mentions.takeBack(mentioned)
    }
    const [first] = unsent
    if (first?.intent !== undefined) onIntent({ ...first.intent, text: first.text })
  }

  function key(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || mentions.key(event)) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      submit()
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
      {tooLong && (
        <p className={css.problem} role="alert">
          {t('chats.tooLong', {
            length: text.length.toLocaleString(i18n.language),
            most: MAX_LENGTH.toLocaleString(i18n.language),
          })}
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
          disabled={nothing || tooLong || picture.busy}
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
