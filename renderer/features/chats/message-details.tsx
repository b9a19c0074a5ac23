import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CopyView } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import type { ChatMessage, ChatRef } from '../../state/chats.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { lengthText } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { deliveryText } from './delivery.ts'
import css from './message-details.module.css'
import { sameDay } from './time.ts'

interface MessageDetailsProps {
  readonly chat: ChatRef
  readonly message: ChatMessage | undefined
  readonly onClose: () => void
}

/** Times, signature, and which super-peers delivered it. */
export function MessageDetails({ chat, message, onClose }: MessageDetailsProps) {
  const { t, i18n } = useTranslation()
  const [copies, setCopies] = useState<readonly CopyView[]>([])
  const { failure, run } = useCall()
  const inGroup = chat.kind === 'group'

  useEffect(() => {
    setCopies([])
    if (message === undefined || !inGroup) return
    void run(async () => setCopies(await api().messages.deliveredBy({ message: message.id })))
  }, [message, inGroup, run])

  const at = (time: number) =>
    new Date(time).toLocaleString(i18n.language, { dateStyle: 'medium', timeStyle: 'medium' })
  const clock = (time: number) =>
    new Date(time).toLocaleString(i18n.language, {
      ...(message !== undefined && sameDay(time, message.time) ? {} : { dateStyle: 'medium' }),
      timeStyle: 'medium',
    })
  return (
    <Dialog
      title={t('chats.details.title')}
      open={message !== undefined}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('action.close')}</Button>}
    >
      {message !== undefined && (
        <dl className={css.details}>
          <dt>{t('chats.details.said')}</dt>
          <dd>{at(message.time)}</dd>
          {!message.sent && (
            <>
              <dt>{t('chats.details.received')}</dt>
              <dd>{at(message.receivedAt)}</dd>
            </>
          )}
          {message.editedAt !== undefined && (
            <>
              <dt>{t('chats.details.edited')}</dt>
              <dd>{at(message.editedAt)}</dd>
            </>
          )}
          {message.disappears !== undefined && (
            <>
              <dt>{t('chats.details.disappears')}</dt>
              <dd>
                {message.disappears.at === undefined
                  ? t('chats.details.afterReading', { time: lengthText(message.disappears.after, i18n.language) })
                  : at(message.disappears.at)}
              </dd>
            </>
          )}
          {inGroup && (
            <>
              <dt>{t('chats.details.signature')}</dt>
              <dd>{t(`chats.details.signed.${message.signed}`)}</dd>
            </>
          )}
          {message.sent && (
            <>
              <dt>{t('chats.details.delivery')}</dt>
              <dd>{deliveryText(chat.kind, message, t) ?? t('chats.delivery.waiting')}</dd>
            </>
          )}
          {copies.length > 0 && (
            <>
              <dt>{t(message.sent ? 'chats.details.takenBy' : 'chats.details.deliveredBy')}</dt>
              <dd>
                <ul>
                  {copies.map((copy) => (
                    <li key={copy.superPeer} className={css.copy}>
                      <bdi>{copy.name}</bdi>
                      <span className={css.when}>
                        {copy.receivedAt === undefined ? t('chats.delivery.waiting') : clock(copy.receivedAt)}
                      </span>
                      {!copy.same && <strong>{t('chats.details.differs')}</strong>}
                    </li>
                  ))}
                </ul>
              </dd>
            </>
          )}
        </dl>
      )}
      <FailureNote failure={failure} />
    </Dialog>
  )
}
