import { useTranslation } from 'react-i18next'
import { callsOf } from '../../state/chat-calls.ts'
import type { ChatMessage, ChatRef } from '../../state/chats.ts'
import css from './reactions.module.css'

/** The reactions that the network knows (chat §2.10). */
export const REACTIONS = ['👍', '👎', '😀', '😂', '😢', '❤', '🚀', '✅'] as const

interface ReactionsProps {
  readonly chat: ChatRef
  readonly message: ChatMessage
  readonly onFailure: (work: () => Promise<unknown>) => Promise<boolean>
}

export function Reactions({ chat, message, onFailure }: ReactionsProps) {
  const { t } = useTranslation()
  if (message.reactions.length === 0) return null
  return (
    <ul className={css.reactions}>
      {message.reactions.map(({ emoji, count, own }) => (
        <li key={emoji}>
          <button
            type="button"
            aria-pressed={own}
            aria-label={t('chats.reaction', { emoji, count })}
            onClick={() => onFailure(() => callsOf(chat).react(message.id, emoji, !own))}
          >
            {emoji} {count > 1 && count}
          </button>
        </li>
      ))}
    </ul>
  )
}
