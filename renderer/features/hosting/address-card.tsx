import { ImageDown, QrCode } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { SuperPeerAddress } from '../../../core/host/contract/types.ts'
import { useRuntime } from '../../runtime/context.ts'
import { useHost } from '../../state/host.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { StateChip } from '../../ui/chip.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { linkPicture } from '../../ui/link-picture.ts'
import { LinkText } from '../../ui/link-text.tsx'
import { isLocalLink } from '../../ui/local.ts'
import { Qr } from '../../ui/qr.tsx'
import css from './hosting.module.css'

/** Who this super-peer is, and the address by which owners find it. */
export function AddressCard({ onRenew }: { readonly onRenew: () => void }) {
  const { t } = useTranslation()
  const own = useHost((state) => state.address)
  const [shown, setShown] = useState(false)
  const runtime = useRuntime()
  const { failure, run } = useCall()
  if (own === undefined) return null

  async function save({ displayName, address }: SuperPeerAddress): Promise<void> {
    await runtime.saveFile('hearth-super-peer.png', await linkPicture(displayName, address))
  }

  return (
    <section className={css.card} aria-label={t('serve.address.title')}>
      <div className={css.identity}>
        <Avatar name={own.displayName} image={own.image} size={56} />
        <div className={css.text}>
          <h2 className={css.name}>
            <bdi>{own.displayName}</bdi>
          </h2>
          <span className={css.states}>
            <StateChip tone="good" text={t('serve.address.on')} />
            <span className={css.muted}>{t(own.autoAccept ? 'serve.address.automatic' : 'serve.address.asked')}</span>
          </span>
        </div>
        <Link href="/serve/identity" className={css.change}>
          {t('serve.change')}
        </Link>
      </div>
      <p className={css.muted}>{t('serve.address.text')}</p>
      <LinkText link={own.address} />
      {isLocalLink(own.address) && (
        <p>
          {t('serve.address.local')}{' '}
          <button type="button" className={css.inText} onClick={onRenew}>
            {t('serve.newAddress.action')}
          </button>
        </p>
      )}
      <div className={css.buttons}>
        <CopyButton text={own.address} label={t('serve.address.copy')} />
        <Button icon={<QrCode size={18} aria-hidden="true" />} aria-expanded={shown} onClick={() => setShown(!shown)}>
          {t(shown ? 'serve.address.hideQr' : 'serve.address.showQr')}
        </Button>
      </div>
      {shown && (
        <>
          <Qr text={own.address} label={t('serve.address.qr')} />
          <div className={css.buttons}>
            <Button icon={<ImageDown size={18} aria-hidden="true" />} onClick={() => run(() => save(own))}>
              {t('serve.address.save')}
            </Button>
          </div>
        </>
      )}
      <FailureNote failure={failure} />
    </section>
  )
}
