import type { TFunction } from 'i18next'
import type { ChatMessage, ChatRef } from '../../state/chats.ts'

/** Where an own message is, in words: what the host has committed, nothing hoped for. */
export function deliveryText(kind: ChatRef['kind'], message: ChatMessage, t: TFunction): string | undefined {
  const { delivery } = message
  if (!message.sent || delivery === undefined) return undefined
  const { total, taken, failed } = delivery
  if (total === 0 || taken === 0)
    return failed > 0 && failed === total ? t('chats.delivery.failed') : t('chats.delivery.waiting')
  if (kind === 'contact') return t('chats.delivery.router')
  if (taken < total) return t('chats.delivery.partly', { taken, total })
  return t('chats.delivery.sent')
}
