import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { saveSettings, useSettings } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch, TextField } from '../../ui/field.tsx'
import { LinkText } from '../../ui/link-text.tsx'
import { isLocalRouter } from '../../ui/local.ts'
import { Section } from '../../ui/page.tsx'
import css from './settings.module.css'
import type { RouterChoice } from './use-routers.ts'

const ENABLED = 'router.enabled'
const HOST = 'router.host'
const PORT = 'router.port'

/** The router inside this host: on or off, and under which name others reach it. */
export function EmbeddedRouter({ routers }: { readonly routers: RouterChoice }) {
  const { t } = useTranslation()
  const settings = useSettings()
  const { busy, failure, run } = useCall()
  const [asking, setAsking] = useState(false)
  if (settings === undefined) return null
  const { embedded, chosen } = routers
  const needed = chosen.length === 0
  const on = needed || settings.values[ENABLED] === true
  const fixed = settings.fixed.some((name) => name === ENABLED)
  const chosenItself = embedded !== undefined && routers.isChosen(embedded.address)

  function turn(next: boolean): void {
    if (!next && embedded !== undefined) setAsking(true)
    else void run(() => saveSettings({ [ENABLED]: next }))
  }

  return (
    <Section title={t('settings.routers.embedded.title')} hint={t('settings.routers.embedded.lead')}>
      <Switch
        label={t('settings.routers.embedded.on')}
        hint={t(
          needed
            ? 'settings.routers.embedded.needed'
            : fixed
              ? 'setting.fixed'
              : chosenItself
                ? 'settings.routers.embedded.chosen'
                : 'settings.routers.embedded.optional',
        )}
        checked={on}
        disabled={busy || needed || fixed || chosenItself}
        onChange={turn}
      />
      <FailureNote failure={failure} />
      {embedded !== undefined && (
        <div className={css.stack}>
          <LinkText link={embedded.address} />
          {isLocalRouter(embedded.address) && <p>{t('settings.routers.embedded.local')}</p>}
          <div className={css.buttons}>
            <CopyButton text={embedded.address} label={t('settings.routers.embedded.copy')} />
            {!needed && !chosenItself && !routers.fixed && (
              <Button busy={busy} onClick={() => run(() => routers.add([embedded.address]))}>
                {t('settings.routers.embedded.use')}
              </Button>
            )}
          </div>
        </div>
      )}
      {on && <Reach />}
      <Confirm
        title={t('settings.routers.embedded.offTitle')}
        open={asking}
        onClose={() => setAsking(false)}
        action={t('settings.routers.embedded.off')}
        run={() => saveSettings({ [ENABLED]: false })}
      >
        <p>{t('settings.routers.embedded.offText')}</p>
      </Confirm>
    </Section>
  )
}

/** Name and port under which others reach the router; both are written into every link. */
function Reach() {
  const { t } = useTranslation()
  const settings = useSettings()
  const [host, setHost] = useState<string>()
  const [port, setPort] = useState<string>()
  const { busy, failure, run } = useCall()
  const now = { host: String(settings?.values[HOST] ?? ''), port: String(settings?.values[PORT] ?? 0) }
  const shown = { host: (host ?? now.host).trim(), port: (port ?? (now.port === '0' ? '' : now.port)).trim() }
  const number = shown.port === '' ? 0 : Number(shown.port)
  const wrongPort = !/^\d*$/.test(shown.port) || number > 65535
  const changed = shown.host !== now.host || number !== Number(now.port)
  const fixed = settings?.fixed.some((name) => name === HOST || name === PORT) ?? true

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (wrongPort || shown.host === '') return
    if (await run(() => saveSettings({ [HOST]: shown.host, [PORT]: number }))) {
      setHost(undefined)
      setPort(undefined)
    }
  }

  return (
    <form className={css.reach} onSubmit={save}>
      <TextField
        label={t('settings.routers.embedded.host')}
        hint={t('settings.routers.embedded.hostHint')}
        value={host ?? now.host}
        disabled={fixed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setHost(event.currentTarget.value)}
      />
      <TextField
        label={t('settings.routers.embedded.port')}
        hint={t('settings.routers.embedded.portHint')}
        error={wrongPort ? t('settings.routers.embedded.wrongPort') : undefined}
        value={port ?? (now.port === '0' ? '' : now.port)}
        disabled={fixed}
        inputMode="numeric"
        autoComplete="off"
        onChange={(event) => setPort(event.currentTarget.value)}
      />
      <FailureNote failure={failure} />
      <div className={css.buttons}>
        <Button type="submit" busy={busy} disabled={!changed || wrongPort || shown.host === '' || fixed}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  )
}
