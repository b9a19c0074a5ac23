import { Globe, Link2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import css from './attachment.module.css'
import { isOwnLink, useOpenLink } from './open-link.ts'

/** Where the first link of a text leads, as far as it says so itself: nothing is fetched. */
export function LinkCard({ href }: { readonly href: string }) {
  const { t } = useTranslation()
  const open = useOpenLink()
  const own = isOwnLink(href)
  const host = hostOf(href)
  if (!own && host === undefined) return null
  return (
    <button type="button" className={css.link} onClick={() => open(href)}>
      {own ? <Link2 size={18} aria-hidden="true" /> : <Globe size={18} aria-hidden="true" />}
      <span className={css.linkText}>
        <strong>{own ? t('chats.link.own') : host}</strong>
        <span>{t(own ? 'chats.link.look' : 'chats.link.open')}</span>
      </span>
    </button>
  )
}

function hostOf(href: string): string | undefined {
  try {
    return new URL(href).host.replace(/^www\./, '')
  } catch {
    return undefined
  }
}
