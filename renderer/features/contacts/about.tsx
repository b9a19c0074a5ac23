import { MessageCircle, Trash2, UserX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Contact } from '../../../core/host/contract/contacts.ts'
import { api } from '../../state/api.ts'
import { useContacts } from '../../state/contacts.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch } from '../../ui/field.tsx'
import { isolate } from '../../ui/isolate.ts'
import { Empty, Page, Section } from '../../ui/page.tsx'
import { Description, Presented } from '../../ui/presented.tsx'
import { Code } from './code.tsx'
import css from './contacts.module.css'

/** Everything about one contact. */
export function ContactPage({ id }: { readonly id: number }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const contact = useContacts((state) => state.contacts.get(id))
  if (contact === undefined) {
    return (
      <Page title={t('contacts.about.title')} back="/chats">
        <Empty
          icon={<UserX size={28} />}
          title={t('contacts.about.title')}
          text={t('contacts.about.missing')}
          action={<Button onClick={() => navigate('/chats', { replace: true })}>{t('action.back')}</Button>}
        />
      </Page>
    )
  }
  return <Known contact={contact} />
}

function Known({ contact }: { readonly contact: Contact }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { id, displayName, fullName, description, image, status, incognito } = contact
  const name = displayName === '' ? t('contacts.unnamed') : displayName
  return (
    <Page title={t('contacts.about.title')} back={`/contacts/${id}`}>
      <Presented name={name} fullName={fullName} image={image} size={88}>
        <p>{t(`contacts.status.${status}`)}</p>
      </Presented>
      <Description text={description} />
      {incognito !== undefined && <p className={css.muted}>{t('contacts.about.you', { name: isolate(incognito) })}</p>}
      <div className={css.actions}>
        <Button icon={<MessageCircle size={18} aria-hidden="true" />} onClick={() => navigate(`/contacts/${id}`)}>
          {t('contacts.about.open')}
        </Button>
      </div>
      <Code key={contact.renewedAt} contact={contact} />
      <InList contact={contact} />
      <Removing contact={contact} name={name} />
    </Page>
  )
}

function InList({ contact: { id, flags } }: { readonly contact: Contact }) {
  const { t } = useTranslation()
  const { failure, run } = useCall()
  return (
    <Section title={t('contacts.about.list')}>
      {(['muted', 'pinned', 'archived'] as const).map((name) => (
        <Switch
          key={name}
          label={t(`contacts.about.${name}`)}
          hint={t(`contacts.about.${name}Hint`)}
          checked={flags[name]}
          onChange={(value) => run(() => api().contacts.flags({ contact: id, [name]: value }))}
        />
      ))}
      <FailureNote failure={failure} />
    </Section>
  )
}

function Removing({ contact, name }: { readonly contact: Contact; readonly name: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [asking, setAsking] = useState(false)
  const text = t(contact.status === 'active' ? 'contacts.about.removeText' : 'contacts.about.forgetText', {
    name: isolate(name),
  })
  return (
    <Section title={t('contacts.about.remove')}>
      <p>{text}</p>
      <div className={css.actions}>
        <Button look="danger" icon={<Trash2 size={18} aria-hidden="true" />} onClick={() => setAsking(true)}>
          {t('contacts.about.remove')}
        </Button>
      </div>
      <Confirm
        title={t('contacts.about.removeTitle', { name: isolate(name) })}
        open={asking}
        onClose={() => setAsking(false)}
        action={t('contacts.about.remove')}
        run={async () => {
          await api().contacts.remove({ contact: contact.id })
          navigate('/chats', { replace: true })
        }}
      >
        <p>{text}</p>
      </Confirm>
    </Section>
  )
}
