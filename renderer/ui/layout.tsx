import { Flame, MessageCircle, RadioTower, Settings } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { retryConnection } from '../state/api.ts'
import { useContacts } from '../state/contacts.ts'
import { useHost } from '../state/host.ts'
import { Avatar } from './avatar.tsx'
import { BackupReminder } from './backup-reminder.tsx'
import { Button } from './button.tsx'
import { HeldNote } from './held-note.tsx'
import css from './layout.module.css'

const SECTIONS = [
  { path: '/chats', text: 'rail.chats', Icon: MessageCircle, also: ['/groups', '/contacts', '/join', '/connect'] },
  { path: '/super-peers', text: 'rail.superPeers', Icon: RadioTower, also: [] },
  { path: '/serve', text: 'rail.serve', Icon: Flame, also: [] },
  { path: '/settings', text: 'rail.settings', Icon: Settings, also: [] },
] as const

/** The rail beside (on small windows: below) whatever section is open, and word of a lost connection above it. */
export function Layout({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation()
  const [location] = useLocation()
  const person = useHost((state) => state.profiles.find((profile) => !profile.superPeer))
  const groups = useHost((state) => unreadIn(state.groups))
  const contacts = useContacts((state) => unreadIn(state.contacts) + state.requests.length)
  const requests = useHost((state) => state.requests.length)
  const counts: Record<string, number> = { '/chats': groups + contacts, '/serve': requests }
  return (
    <div className={css.layout}>
      <nav className={css.rail} aria-label={t('rail.label')}>
        {SECTIONS.map(({ path, text, Icon, also }) => {
          const current = [path, ...also].some((start) => location.startsWith(start))
          const count = counts[path] ?? 0
          return (
            <Link key={path} href={path} className={css.section} aria-current={current ? 'page' : undefined}>
              <span className={css.glyph}>
                <Icon size={20} aria-hidden="true" />
                {count > 0 && <span className={css.count}>{count > 99 ? '99+' : count}</span>}
              </span>
              <span className={css.name}>{t(text)}</span>
            </Link>
          )
        })}
        {person !== undefined && (
          <Link href="/settings/profile" className={css.own} aria-label={person.displayName}>
            <Avatar name={person.displayName} image={person.image} size={36} />
          </Link>
        )}
      </nav>
      <div className={css.content}>
        <ConnectionBanner />
        <HeldNote />
        <BackupReminder />
        <div className={css.screen}>{children}</div>
      </div>
    </div>
  )
}

interface Counted {
  readonly unread: number
  readonly flags: { readonly muted: boolean }
}

function unreadIn(chats: ReadonlyMap<number, Counted>): number {
  return [...chats.values()].reduce((sum, { unread, flags }) => sum + (flags.muted ? 0 : unread), 0)
}

function ConnectionBanner() {
  const { t } = useTranslation()
  const state = useHost((host) => host.connection)
  return (
    <div role="status" className={css.status}>
      {(state === 'offline' || state === 'connecting') && (
        <div className={css.banner}>
          {t('connection.offline')}
          <Button look="quiet" onClick={retryConnection}>
            {t('connection.retry')}
          </Button>
        </div>
      )}
    </div>
  )
}
