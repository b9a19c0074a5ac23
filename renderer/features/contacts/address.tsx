import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../state/api.ts'
import { useContacts } from '../../state/contacts.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { Section } from '../../ui/page.tsx'
import css from './contacts.module.css'
import { SharePerson } from './share-person.tsx'

/** The person's address: anyone who has it can ask. */
export function Address() {
  const { t } = useTranslation()
  const person = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer))
  const address = useContacts((state) => state.addresses.find(({ profile }) => profile === person?.id))
  const [removing, setRemoving] = useState(false)
  const { busy, failure, run } = useCall()
  if (person === undefined) return null
  const profile = person.id
  return (
    <Section title={t('contacts.invite.address.title')} hint={t('contacts.invite.address.text')}>
      <div className={css.stack}>
        {address === undefined ? (
          <div className={css.actions}>
            <Button busy={busy} onClick={() => run(() => api().contacts.createAddress({ profile }))}>
              {t('contacts.invite.address.create')}
            </Button>
          </div>
        ) : (
          <>
            <SharePerson link={address.link} name={person.displayName} />
            <div className={css.actions}>
              <Button look="danger" icon={<Trash2 size={18} aria-hidden="true" />} onClick={() => setRemoving(true)}>
                {t('contacts.invite.address.remove')}
              </Button>
            </div>
          </>
        )}
        <FailureNote failure={failure} />
      </div>
      <Confirm
        title={t('contacts.invite.address.removeTitle')}
        open={removing}
        onClose={() => setRemoving(false)}
        action={t('contacts.invite.address.remove')}
        run={() => api().contacts.removeAddress({ profile })}
      >
        <p>{t('contacts.invite.address.removeText')}</p>
      </Confirm>
    </Section>
  )
}
