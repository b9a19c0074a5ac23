import { RefreshCw } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Diagnostics } from '../../../core/host/contract/types.ts'
import { useRuntime } from '../../runtime/context.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { Section } from '../../ui/page.tsx'
import { diagnosticsText } from './diagnostics-text.ts'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

/** How the host is, in a form that a person can read, and copy when asking for help. */
export function DiagnosticsPage() {
  const { t } = useTranslation()
  const { kind } = useRuntime()
  const online = useHost((state) => state.connection === 'online')
  const [found, setFound] = useState<Diagnostics>()
  const { busy, failure, run } = useCall()
  const read = useCallback(() => run(async () => setFound(await api().host.diagnostics())), [run])

  useEffect(() => {
    if (online) void read()
  }, [online, read])

  const text = found === undefined ? undefined : diagnosticsText(found, { kind, agent: navigator.userAgent })
  return (
    <SettingsPage section="diagnostics">
      <p className={css.muted}>{t('settings.diagnostics.lead')}</p>
      <FailureNote failure={failure} onRetry={() => void read()} />
      {text !== undefined && (
        <Section
          title={t('settings.diagnostics.report')}
          actions={
            <div className={css.buttons}>
              <Button icon={<RefreshCw size={18} aria-hidden="true" />} busy={busy} onClick={() => void read()}>
                {t('settings.diagnostics.again')}
              </Button>
              <CopyButton text={text} />
            </div>
          }
        >
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls, so the keyboard must reach it */}
          <pre className={css.code} tabIndex={0} dir="ltr">
            {text}
          </pre>
        </Section>
      )}
    </SettingsPage>
  )
}
