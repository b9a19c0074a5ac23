import { useTranslation } from 'react-i18next'
import { useLocation, useSearch } from 'wouter'
import { Page } from '../../ui/page.tsx'
import { AddByAddress } from './add-by-address.tsx'
import css from './picker.module.css'

export function NewSuperPeer() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const given = new URLSearchParams(useSearch()).get('address') ?? ''
  return (
    <Page title={t('superPeers.add.title')} back="/super-peers" narrow>
      <p>{t('superPeers.add.lead')}</p>
      <div className={css.card}>
        <AddByAddress open begin={given} onAdded={() => navigate('/super-peers')} />
      </div>
    </Page>
  )
}
