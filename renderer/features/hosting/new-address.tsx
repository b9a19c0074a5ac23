import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { useSettings } from '../../state/settings.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { isLocalRouter } from '../../ui/local.ts'

/** Another address in the place of the present one, for example after another router was chosen. */
export function NewAddress({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const settings = useSettings()
  const embedded = useHost((state) => state.routers.find((router) => router.embedded))
  const chosen = (settings?.values.routers ?? []) as readonly string[]
  const used = chosen.length > 0 ? chosen : embedded === undefined ? [] : [embedded.address]
  const onlyHere = used.length > 0 && used.every(isLocalRouter)
  return (
    <Confirm
      title={t('serve.newAddress.title')}
      open={open}
      onClose={onClose}
      keep={t('serve.newAddress.keep')}
      action={t('serve.newAddress.action')}
      run={() => api().serving.renewAddress({})}
    >
      <p>{t('serve.newAddress.text')}</p>
      <p>{t('serve.newAddress.groups')}</p>
      {onlyHere && (
        <p>
          {t('serve.newAddress.local')} <Link href="/settings/routers">{t('serve.newAddress.routers')}</Link>
        </p>
      )}
    </Confirm>
  )
}
