import { Link2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { Invitation } from '../../../core/host/contract/contacts.ts'
import { api } from '../../state/api.ts'
import { applyInvitation, useContacts } from '../../state/contacts.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch, TextField } from '../../ui/field.tsx'
import { isolate } from '../../ui/isolate.ts'
import { Page, Section } from '../../ui/page.tsx'
import { ReachNote } from '../../ui/reach-note.tsx'
import { randomName } from '../groups/join/random-name.ts'
import { Address } from './address.tsx'
import css from './contacts.module.css'
import { useWhen } from './when.ts'

/** Both ways to be found: a link for one person, and the address for everybody. */
export function Invite() {
  const { t } = useTranslation()
  return (
    <Page title={t('contacts.invite.title')} back="/chats" narrow>
      <ReachNote />
      <Once />
      <OpenLinks />
      <Address />
    </Page>
  )
}

function Once() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const person = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer))
  const [hidden, setHidden] = useState(false)
  const [name, setName] = useState(() => randomName(t('groups.join.names')))
  const { busy, failure, run } = useCall()

  async function make(): Promise<void> {
    if (person === undefined) return
    const invitation = await api().contacts.invite({
      profile: person.id,
      ...(hidden ? { incognito: { displayName: name.trim() } } : {}),
    })
    applyInvitation(invitation)
    navigate(`/contacts/invite/${invitation.id}`)
  }

  return (
    <Section title={t('contacts.invite.once.title')} hint={t('contacts.invite.once.text')}>
      <div className={css.stack}>
        <Switch
          label={t('contacts.invite.once.incognito')}
          hint={t('contacts.invite.once.incognitoHint', { name: person?.displayName ?? '' })}
          checked={hidden}
          onChange={setHidden}
        />
        {hidden && (
          <TextField
            label={t('contacts.invite.once.name')}
            value={name}
            maxLength={60}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <FailureNote failure={failure} />
        <div className={css.actions}>
          <Button
            look="primary"
            icon={<Link2 size={18} aria-hidden="true" />}
            busy={busy}
            disabled={hidden && name.trim() === ''}
            onClick={() => run(make)}
          >
            {t('contacts.invite.once.make')}
          </Button>
        </div>
      </div>
    </Section>
  )
}

function OpenLinks() {
  const { t } = useTranslation()
  const invitations = useContacts((state) => state.invitations)
  if (invitations.length === 0) return null
  return (
    <Section title={t('contacts.invite.open.title')}>
      <ul>
        {invitations.toReversed().map((invitation) => (
          <OpenLink key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </Section>
  )
}

function OpenLink({ invitation }: { readonly invitation: Invitation }) {
  const { t } = useTranslation()
  const when = useWhen()
  const { id, link, incognito, error, createdAt } = invitation
  const made = t('contacts.invite.open.made', { when: when(createdAt) })
  return (
    <li className={css.row}>
      <span className={css.rowText}>
        <span className={css.mono}>{link.replace(/^https:\/\//, '')}</span>
        {error === undefined ? (
          <small>
            {incognito === undefined ? made : `${made} · ${t('contacts.invite.open.as', { name: isolate(incognito) })}`}
          </small>
        ) : (
          <small className={css.problem}>{t('contacts.invite.open.failed')}</small>
        )}
      </span>
      <Link href={`/contacts/invite/${id}`}>{t('contacts.invite.open.show')}</Link>
    </li>
  )
}
