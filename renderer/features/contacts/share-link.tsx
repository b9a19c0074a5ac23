import { ImageDown } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useRuntime } from '../../runtime/context.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { Qr } from '../../ui/qr.tsx'
import { linkPicture } from '../groups/create/link-picture.ts'
import css from './contacts.module.css'

interface ShareLinkProps {
  readonly link: string
  /** Who is behind it; stands above the code in the picture. */
  readonly name: string
}

/** A link of one's own: to scan, to copy, to keep as a picture. */
export function ShareLink({ link, name }: ShareLinkProps) {
  const { t } = useTranslation()
  const runtime = useRuntime()
  const { failure, run } = useCall()
  return (
    <div className={css.share}>
      <Qr text={link} label={t('contacts.invite.qr')} />
      <div className={css.shareText}>
        <code className={css.link}>{link}</code>
        <div className={css.actions}>
          <CopyButton text={link} label={t('contacts.invite.copy')} />
          <CopyButton text={t('contacts.invite.text', { link })} label={t('contacts.invite.copyText')} />
          <Button
            icon={<ImageDown size={18} aria-hidden="true" />}
            onClick={() => run(async () => runtime.saveFile('hearth-link.png', await linkPicture(name, link)))}
          >
            {t('contacts.invite.save')}
          </Button>
        </div>
        <FailureNote failure={failure} />
      </div>
    </div>
  )
}
