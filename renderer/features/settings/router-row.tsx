import { Activity, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useHost } from '../../state/host.ts'
import { IconButton } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { StateChip, type Tone } from '../../ui/chip.tsx'
import { lengthText } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { isolate } from '../../ui/isolate.ts'
import { hostOf, stateOf } from './router-text.ts'
import css from './settings.module.css'
import { useRouterTest } from './use-router-test.ts'

interface RouterRowProps {
  readonly address: string
  /** Whose it is. */
  readonly title: string | undefined
  readonly remove?: () => Promise<void>
}

/** One router in use: whose it is, whether it answers, and a test. */
export function RouterRow({ address, title, remove }: RouterRowProps) {
  const { t, i18n } = useTranslation()
  const state = useHost(({ routers }) => stateOf(routers, address))
  const test = useRouterTest(address)
  const removing = useCall()
  const host = hostOf(address)
  const connected = state?.connected
  const [tone, word]: readonly [Tone, string] =
    connected === undefined ? ['off', 'idle'] : connected ? ['good', 'connected'] : ['warning', 'away']
  return (
    <li className={css.row}>
      <span className={css.text}>
        <span className={css.name}>{host}</span>
        <span className={css.note}>{title ?? t('settings.routers.custom')}</span>
      </span>
      <span className={css.end}>
        <span role="status">
          {test.busy ? (
            <StateChip tone="waiting" text={t('settings.routers.testing')} />
          ) : test.roundTrip !== undefined ? (
            <StateChip
              tone="good"
              text={t('settings.routers.answered', { time: lengthText(test.roundTrip, i18n.language) })}
            />
          ) : (
            <StateChip tone={tone} text={t(`settings.routers.state.${word}`)} />
          )}
        </span>
        <IconButton
          label={t('settings.routers.test', { host: isolate(host) })}
          icon={<Activity size={18} aria-hidden="true" />}
          disabled={test.busy}
          onClick={() => void test.start()}
        />
        {remove !== undefined && (
          <IconButton
            label={t('settings.routers.remove', { host: isolate(host) })}
            icon={<X size={18} aria-hidden="true" />}
            disabled={removing.busy}
            onClick={() => removing.run(remove)}
          />
        )}
      </span>
      <FailureNote failure={test.failure} onRetry={() => void test.start()} />
      <FailureNote failure={removing.failure} />
    </li>
  )
}
