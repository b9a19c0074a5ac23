import { Globe } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SessionView, SignInLink } from '../../../core/host/contract/types.ts'
import { useRuntime } from '../../runtime/context.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { agoText, lengthText } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { LinkText } from '../../ui/link-text.tsx'
import { Section } from '../../ui/page.tsx'
import { useSecond } from '../../ui/second.ts'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

/** Browsers that can open this host, and how to let in another one. */
export function Browsers() {
  const { t } = useTranslation()
  const online = useHost((state) => state.connection === 'online')
  const own = useOwnSession()
  const [sessions, setSessions] = useState<readonly SessionView[]>()
  const { failure, run } = useCall()

  useEffect(() => {
    if (online) void run(async () => setSessions(await api().sessions.list()))
  }, [online, run])

  async function revoke(session: string): Promise<void> {
    await api().sessions.revoke({ session })
    if (session === own) window.location.assign('/')
    else setSessions(await api().sessions.list())
  }

  return (
    <SettingsPage section="browsers">
      <p className={css.muted}>{t('settings.browsers.lead')}</p>
      <Section title={t('settings.browsers.signedIn')}>
        <FailureNote failure={failure} />
        {sessions?.length === 0 && <p className={css.muted}>{t('settings.browsers.none')}</p>}
        <ul className={css.rows}>
          {sessions
            ?.toSorted((a, b) => Number(b.id === own) - Number(a.id === own) || b.lastUsed - a.lastUsed)
            .map((session) => (
              <Session key={session.id} session={session} own={session.id === own} revoke={revoke} />
            ))}
        </ul>
      </Section>
      <Another />
    </SettingsPage>
  )
}

interface SessionProps {
  readonly session: SessionView
  readonly own: boolean
  readonly revoke: (session: string) => Promise<void>
}

function Session({ session, own, revoke }: SessionProps) {
  const { t, i18n } = useTranslation()
  const now = useSecond()
  const [asking, setAsking] = useState(false)
  const { busy, failure, run } = useCall()
  const name = session.browser === '' ? t('settings.browsers.unknown') : session.browser
  return (
    <li className={css.row}>
      <Globe size={18} aria-hidden="true" />
      <span className={css.text}>
        <span className={css.name}>{name}</span>
        <span className={css.note}>
          {own
            ? t('settings.browsers.this')
            : t('settings.browsers.used', { ago: agoText(session.lastUsed, now, i18n.language) })}
        </span>
      </span>
      <Button
        busy={busy}
        aria-label={t('settings.browsers.signOutOf', { name })}
        onClick={() => (own ? setAsking(true) : run(() => revoke(session.id)))}
      >
        {t('settings.browsers.signOut')}
      </Button>
      <FailureNote failure={failure} />
      <Confirm
        title={t('settings.browsers.ownTitle')}
        open={asking}
        onClose={() => setAsking(false)}
        action={t('settings.browsers.ownAction')}
        run={() => revoke(session.id)}
      >
        <p>{t('settings.browsers.ownText')}</p>
      </Confirm>
    </li>
  )
}

function Another() {
  const { t, i18n } = useTranslation()
  const now = useSecond()
  const [link, setLink] = useState<SignInLink>()
  const { busy, failure, run } = useCall()
  const left = link === undefined ? 0 : link.expires - now
  return (
    <Section title={t('settings.browsers.another')} hint={t('settings.browsers.anotherHint')}>
      {link !== undefined && left > 0 && (
        <>
          <LinkText link={link.link} />
          <p className={css.muted}>{t('settings.browsers.left', { time: lengthText(left, i18n.language) })}</p>
        </>
      )}
      <FailureNote failure={failure} />
      <div className={css.buttons}>
        {link !== undefined && left > 0 && <CopyButton text={link.link} label={t('settings.browsers.copy')} />}
        <Button busy={busy} onClick={() => run(async () => setLink(await api().sessions.signIn()))}>
          {t('settings.browsers.make')}
        </Button>
      </div>
    </Section>
  )
}

/** Its id is the part of the token that is no secret. */
function useOwnSession(): string | undefined {
  const runtime = useRuntime()
  const [own, setOwn] = useState<string>()
  useEffect(() => {
    if (runtime.kind !== 'browser') return
    runtime.access().then(
      ({ token }) => setOwn(token.split('.', 1)[0]),
      () => {},
    )
  }, [runtime])
  return own
}
