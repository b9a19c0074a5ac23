import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/copy.tsx'
import { ShareLink } from '../../ui/share-link.tsx'

interface SharePersonProps {
  readonly link: string
  /** Who is behind it. */
  readonly name: string
}

/** A link of one's own, one-time or for good, with a text to send along. */
export function SharePerson({ link, name }: SharePersonProps) {
  const { t } = useTranslation()
  const texts = { code: t('contacts.invite.qr'), copy: t('contacts.invite.copy'), save: t('contacts.invite.save') }
  return (
    <ShareLink link={link} name={name} fileName="hearth-link" texts={texts}>
      <CopyButton text={t('contacts.invite.text', { link })} label={t('contacts.invite.copyText')} />
    </ShareLink>
  )
}
