import { Pencil, Reply, SendHorizontal, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group, Message } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { conversationOf, useMessages } from '../../state/messages.ts'
import { IconButton } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import css from './composer.module.css'
import { draftOf, keepDraft } from './drafts.ts'
import { textOf } from './summary.ts'

/** What the next text will do beside being said. */
export interface Intent {
  readonly kind: 'reply' | 'edit'
  readonly message: Message
}

interface ComposerProps {
  readonly group: Group
  readonly intent: Intent | undefined
  readonly onIntent: (intent: Intent | undefined) => void
}

/** The network takes at most so much text in one message. */
const MAX_LENGTH = 12_000

export function Composer({ group, intent, onIntent }: ComposerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => draftOf(group.id))
  const field = useRef<HTMLTextAreaElement>(null)
  const { busy, failure, run, clear } = useCall()

  useEffect(() => {
    if (intent?.kind === 'edit') setText(intent.message.text)
    if (intent !== undefined) field.current?.focus()
  }, [intent])

  useEffect(() => {
    const area = field.current
    if (area === null) return
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight + 2, 200)}px`
  })

  function change(next: string): void {
    setText(next)
    if (intent?.kind !== 'edit') keepDraft(group.id, next)
    if (failure !== undefined) clear()
  }

  function leaveIntent(): void {
    if (intent?.kind === 'edit') setText(draftOf(group.id))
    onIntent(undefined)
  }

  async function submit(): Promise<void> {
    const said = text.trim()
    if (said === '' || busy) return
    const done = await run(() => perform(group.id, intent, said))
    if (!done) return
    if (intent?.kind === 'edit') setText(draftOf(group.id))
    else {
      setText('')
      keepDraft(group.id, '')
    }
    onIntent(undefined)
    field.current?.focus()
  }

  function key(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void submit()
    } else if (event.key === 'ArrowUp' && text === '' && intent === undefined) {
      const last = conversationOf(useMessages.getState(), group.id).messages.findLast(
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

  if (!group.mayWrite) return <p className={css.closed}>{t(closedText(group))}</p>
  return (
    <div className={css.composer}>
      {intent !== undefined && (
        <div className={css.intent}>
          {intent.kind === 'edit' ? <Pencil size={16} aria-hidden="true" /> : <Reply size={16} aria-hidden="true" />}
          <span className={css.intentText}>
            <strong>
              {intent.kind === 'edit'
                ? t('chats.editing')
                : t('chats.replyTo', { name: intent.message.authorName ?? t('chats.yourself') })}
            </strong>
            <span dir="auto">{textOf(intent.message, t)}</span>
          </span>
          <IconButton label={t('action.cancel')} icon={<X size={18} />} onClick={leaveIntent} />
        </div>
      )}
      <FailureNote failure={failure} />
      <div className={css.line}>
        <textarea
          ref={field}
          rows={1}
          value={text}
          dir="auto"
          maxLength={MAX_LENGTH}
          placeholder={t('chats.write')}
          aria-label={t('chats.writeTo', { name: group.displayName })}
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={key}
        />
        <IconButton
          className={css.send ?? ''}
          label={t('chats.send')}
          icon={<SendHorizontal size={18} />}
          disabled={text.trim() === '' || busy}
          onClick={submit}
        />
      </div>
    </div>
  )
}

function perform(group: number, intent: Intent | undefined, text: string): Promise<unknown> {
  if (intent?.kind === 'edit') return api().messages.edit({ group, message: intent.message.id, text })
  return api().messages.send({ group, text, ...(intent === undefined ? {} : { quote: intent.message.id }) })
}

function closedText(group: Group): string {
  switch (group.status) {
    case 'left':
      return 'chats.closed.left'
    case 'removed':
      return 'chats.closed.removed'
    case 'deleted':
      return 'chats.closed.deleted'
    case 'failed':
      return 'chats.closed.failed'
    case 'creating':
    case 'ready':
    case 'joining':
      return 'chats.closed.notYet'
    case 'active':
      return 'chats.closed.readers'
  }
}
