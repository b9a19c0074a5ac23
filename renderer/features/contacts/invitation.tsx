import { Check, Link2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { api } from '../../state/api.ts'
import { useContacts } from '../../state/contacts.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { isolate } from '../../ui/isolate.ts'
import { Empty, Page } from '../../ui/page.tsx'
import css from './contacts.module.css'
import { SharePerson } from './share-person.tsx'

/** One link for one person, until it is used. */
export function InvitationPage({ id }: { readonly id: number }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const invitation = useContacts((state) => state.invitations.find((one) => one.id === id))
  const contact = useContacts((state) => state.contacts.get(state.used.get(id) ?? 0))
  const person = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer))
  const [withdrawing, setWithdrawing] = useState(false)

  return (
    <Page title={t('contacts.invite.once.title')} back="/contacts/invite" narrow>
      {invitation === undefined && contact !== undefined && (
        <div role="alert">
          <Empty
            icon={<Check size={28} />}
            title={t('contacts.invite.used')}
            text={t('contacts.invite.usedText', { name: isolate(contact.displayName) })}
            action={
              <Button look="primary" onClick={() => navigate(`/contacts/${contact.id}`)}>
                {t('contacts.invite.usedOpen')}
              </Button>
            }
          />
        </div>
      )}
      {invitation === undefined && contact === undefined && (
        <Empty
          icon={<Link2 size={28} />}
          title={t('contacts.invite.once.title')}
          text={t('contacts.invite.gone')}
          action={
            <Button onClick={() => navigate('/contacts/invite', { replace: true })}>
              {t('contacts.invite.another')}
            </Button>
          }
        />
      )}
      {invitation !== undefined && (
        <div className={css.card}>
          <p>{t('contacts.invite.once.text')}</p>
          <SharePerson link={invitation.link} name={invitation.incognito ?? person?.displayName ?? ''} />
          {invitation.incognito !== undefined && (
            <p className={css.muted}>{t('contacts.about.you', { name: isolate(invitation.incognito) })}</p>
          )}
          <p className={css.muted}>
            {t(invitation.error === undefined ? 'contacts.invite.waiting' : 'contacts.invite.open.failed')}
          </p>
          <div className={css.actions}>
            <Button look="danger" icon={<Trash2 size={18} aria-hidden="true" />} onClick={() => setWithdrawing(true)}>
              {t('contacts.invite.withdraw')}
            </Button>
          </div>
        </div>
      )}
      <Confirm
        title={t('contacts.invite.withdrawTitle')}
        open={withdrawing}
        onClose={() => setWithdrawing(false)}
        action={t('contacts.invite.withdraw')}
        run={async () => {
          await api().contacts.removeInvitation({ invitation: id })
          navigate('/contacts/invite', { replace: true })
        }}
      >
        <p>{t('contacts.invite.withdrawText')}</p>
      </Confirm>
    </Page>
  )
}
