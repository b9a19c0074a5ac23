import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { ContactRequestView } from '../../../core/host/contract/contacts.ts'
import { api } from '../../state/api.ts'
import { applyContact, useContacts } from '../../state/contacts.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import css from './requests.module.css'

/** People who ask through an own address, above the list of chats. */
export function ContactRequests() {
  const { t } = useTranslation()
  const requests = useContacts((state) => state.requests)
  if (requests.length === 0) return null
  return (
    <section className={css.requests} aria-label={t('contacts.requests.title')}>
      <ul>
        {requests.map((request) => (
          <Request key={request.id} request={request} />
        ))}
      </ul>
    </section>
  )
}

function Request({ request }: { readonly request: ContactRequestView }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { busy, failure, run } = useCall()
  const { id, displayName, image, text } = request

  async function accept(): Promise<void> {
    const contact = await api().contacts.accept({ request: id })
    applyContact(contact)
    navigate(`/contacts/${contact.id}`)
  }

  return (
    <li className={css.request}>
      <Avatar name={displayName} image={image} size={40} />
      <div className={css.text}>
        <bdi className={css.name}>{displayName}</bdi>
        <p className={css.said} dir="auto">
          {text ?? t('contacts.requests.asks')}
        </p>
        <div className={css.actions}>
          <Button look="primary" busy={busy} onClick={() => run(accept)}>
            {t('contacts.requests.accept')}
          </Button>
          <Button look="quiet" disabled={busy} onClick={() => run(() => api().contacts.reject({ request: id }))}>
            {t('contacts.requests.reject')}
          </Button>
        </div>
        <FailureNote failure={failure} />
      </div>
    </li>
  )
}
