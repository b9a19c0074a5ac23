import { useTranslation } from 'react-i18next'
import type { Message } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import css from './reactions.module.css'

/** The reactions that the network knows (chat §2.10). */
export const REACTIONS = ['👍', '👎', '😀', '😂', '😢', '❤', '🚀', '✅'] as const

interface ReactionsProps {
  readonly message: Message
  readonly onFailure: (work: () => Promise<unknown>) => Promise<boolean>
}

export function Reactions({ message, onFailure }: ReactionsProps) {
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
            onClick={() =>
              onFailure(() => api().messages.react({ group: message.group, message: message.id, emoji, add: !own }))
            }
          >
            {emoji} {count > 1 && count}
          </button>
        </li>
      ))}
    </ul>
  )
}
