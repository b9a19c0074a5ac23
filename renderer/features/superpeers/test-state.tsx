import { RefreshCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { KnownSuperPeer } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { StateChip } from '../../ui/chip.tsx'
import { agoText, lengthText } from '../../ui/duration.ts'
import { isolate } from '../../ui/isolate.ts'
import { useSecond } from '../../ui/second.ts'
import css from './super-peer-row.module.css'
import { reasonOf } from './trouble.ts'

/** What the last test found, and a button for another one. */
export function TestState({ superPeer }: { readonly superPeer: KnownSuperPeer }) {
  const { t, i18n } = useTranslation()
  const { busy, run } = useCall()
  const profile = useHost((state) => state.profiles.find(({ superPeer: serves }) => !serves)?.id)
  const { address, name, test } = superPeer

  function start(): void {
    // The outcome, good or bad, comes back with the list.
    if (profile !== undefined) void run(() => api().superPeers.test({ profile, address }))
  }

  return (
    <div className={css.test}>
      <span role="status">
        {busy ? (
          <StateChip tone="waiting" text={t('superPeers.test.running')} />
        ) : test === undefined ? null : test.error !== undefined ? (
          <StateChip tone="warning" text={t('superPeers.test.failed')} />
        ) : (
          <StateChip
            tone="good"
            text={t('superPeers.test.answered', { time: lengthText(test.roundTrip ?? 0, i18n.language) })}
          />
        )}
      </span>
      {test === undefined ? (
        !busy && (
          <Button look="quiet" aria-label={t('superPeers.test.start', { name: isolate(name) })} onClick={start}>
            {t('superPeers.add.test')}
          </Button>
        )
      ) : (
        <IconButton
          label={t('superPeers.test.start', { name: isolate(name) })}
          icon={<RefreshCw size={18} aria-hidden="true" />}
          disabled={busy}
          onClick={start}
        />
      )}
    </div>
  )
}

/** Why the last test failed, and when that was. */
export function TestFailure({ superPeer }: { readonly superPeer: KnownSuperPeer }) {
  const { t, i18n } = useTranslation()
  const now = useSecond()
  const { test } = superPeer
  if (test?.error === undefined) return null
  return (
    <p className={css.failure}>
      {t('superPeers.test.reason', { ago: agoText(test.at, now, i18n.language) })} {reasonOf(test.error, t)}
    </p>
  )
}
