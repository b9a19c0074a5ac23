import type { TFunction } from 'i18next'
import type { Message } from '../../../core/host/contract/types.ts'

/** Where an own message is, in words. */
export function deliveryText(message: Message, t: TFunction): string | undefined {
  const { delivery } = message
  if (!message.sent || delivery === undefined) return undefined
  const { total, taken, failed } = delivery
  if (total === 0 || taken === 0)
    return failed > 0 && failed === total ? t('chats.delivery.failed') : t('chats.delivery.waiting')
  if (taken < total) return t('chats.delivery.partly', { taken, total })
  return t('chats.delivery.sent')
}
