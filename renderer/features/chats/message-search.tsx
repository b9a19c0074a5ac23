import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callsOf } from '../../state/chat-calls.ts'
import type { Chat, ChatMessage, ChatRef } from '../../state/chats.ts'
import { showMessage } from '../../state/messages.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import css from './message-search.module.css'
import { authorOf } from './names.ts'
import { useNow } from './now.ts'
import { textOf } from './summary.ts'
import { shortTime } from './time.ts'

const PAGE = 50

interface Hits {
  /** The newest first. */
  readonly found: readonly ChatMessage[]
  readonly more: boolean
}

const NOTHING: Hits = { found: [], more: false }

async function page(ref: ChatRef, search: string, before?: number): Promise<Hits> {
  const from = before === undefined ? {} : { before }
  const messages = (await callsOf(ref).list({ search, limit: PAGE + 1, ...from })).toReversed()
  return { found: messages.slice(0, PAGE), more: messages.length > PAGE }
}

interface MessageSearchProps {
  readonly chat: Chat
  readonly onClose: () => void
}

/** Finds messages of this conversation; choosing one goes there. */
export function MessageSearch({ chat, onClose }: MessageSearchProps) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const [search, setSearch] = useState('')
  const [{ found, more }, setHits] = useState(NOTHING)
  const { failure, busy, run } = useCall()
  const { ref } = chat

  useEffect(() => {
    const wanted = search.trim()
    if (wanted === '') {
      setHits(NOTHING)
      return
    }
    let current = true
    const timer = setTimeout(() => {
      void run(async () => {
        const hits = await page(ref, wanted)
        if (current) setHits(hits)
      })
    }, 150)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [ref, search, run])

  async function showOlder(): Promise<void> {
    const last = found.at(-1)
    if (last === undefined || busy) return
    const wanted = search.trim()
    await run(async () => {
      const next = await page(ref, wanted, last.id)
      // Meanwhile something else may be looked for.
      setHits((hits) => (hits.found === found ? { found: [...found, ...next.found], more: next.more } : hits))
    })
  }

  async function goTo(message: ChatMessage): Promise<void> {
    await run(() => showMessage(ref, message.id))
    onClose()
  }

  return (
    <search className={css.search}>
      <div className={css.line}>
        <input
          type="search"
          value={search}
          placeholder={t('chats.searchHere')}
          aria-label={t('chats.searchHere')}
          // biome-ignore lint/a11y/noAutofocus: the search was just asked for
          autoFocus
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <IconButton label={t('action.close')} icon={<X size={18} />} onClick={onClose} />
      </div>
      <FailureNote failure={failure} />
      <p className="visually-hidden" role="status">
        {search.trim() !== '' && t(more ? 'chats.foundMore' : 'chats.found', { count: found.length })}
      </p>
      {found.length > 0 && (
        <div className={css.found}>
          <ul>
            {found.map((message) => (
              <li key={message.id}>
                <button type="button" className={css.hit} onClick={() => goTo(message)}>
                  <span className={css.who}>
                    <bdi>{message.sent ? t('chats.quoteOwn') : authorOf(chat, message, t)}</bdi>
                    <time>{shortTime(message.time, now, i18n.language)}</time>
                  </span>
                  <span className={css.text} dir="auto">
                    {textOf(message, t)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {more && (
            <Button look="quiet" onClick={showOlder}>
              {t('chats.foundOlder')}
            </Button>
          )}
        </div>
      )}
      {found.length === 0 && search.trim() !== '' && failure === undefined && (
        <p className={css.none}>{t('chats.nothingFound', { search: search.trim() })}</p>
      )}
    </search>
  )
}
