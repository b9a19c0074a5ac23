import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useHost } from '../state/host.ts'
import { useSettings } from '../state/settings.ts'
import { isLocalRouter } from './local.ts'
import css from './restart-note.module.css'

/** Where new queues would be made on a router that nobody else reaches: says so, and leads to the choice. */
export function ReachNote() {
  const { t } = useTranslation()
  const settings = useSettings()
  const embedded = useHost((state) => state.routers.find((router) => router.embedded))
  const chosen = settings?.values.routers
  if (!Array.isArray(chosen) || chosen.length > 0 || embedded === undefined) return null
  if (!isLocalRouter(embedded.address)) return null
  return (
    <div className={css.note} role="note">
      <TriangleAlert size={18} aria-hidden="true" />
      <p>
        {t('reach.text')} <Link href="/settings/routers">{t('reach.choose')}</Link>
      </p>
    </div>
  )
}
