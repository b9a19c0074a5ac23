import { useTranslation } from 'react-i18next'
import type { ServingRequest } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { numberOf, useSettings } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { StateChip } from '../../ui/chip.tsx'
import { agoText, stopwatch } from '../../ui/duration.ts'
import { isolate } from '../../ui/isolate.ts'
import { useSecond } from '../../ui/second.ts'
import { AskingGroup } from './asking-group.tsx'
import css from './hosting.module.css'
import { isServed } from './standing.ts'

/** Owners who ask this super-peer to serve their group. */
export function Requests() {
  const { t, i18n } = useTranslation()
  const requests = useHost((state) => state.requests)
  const served = useHost((state) => state.served.filter(isServed).length)
  const settings = useSettings()
  const limit = numberOf(settings, 'superPeer.maxGroups', Number.POSITIVE_INFINITY)
  if (requests.length === 0) return null
  return (
    <section className={css.section} aria-label={t('serve.requests.title')}>
      <h2>{t('serve.requests.title')}</h2>
      {served >= limit && (
        <p className={css.muted}>{t('serve.requests.full', { number: limit.toLocaleString(i18n.language) })}</p>
      )}
      <ul className={css.rows}>
        {requests.map((request) => (
          <Request key={request.id} request={request} />
        ))}
      </ul>
    </section>
  )
}

function Request({ request }: { readonly request: ServingRequest }) {
  const { t, i18n } = useTranslation()
  const now = useSecond()
  const { busy, failure, run } = useCall()
  const { id, state, groupName, groupImage, owner, receivedAt, error, retryAt } = request
  const ago = agoText(receivedAt, now, i18n.language)
  const asks = t('serve.requests.owner', { name: isolate(owner.displayName), ago })
  const waits = state === 'waiting'
  const again =
    retryAt !== undefined && retryAt > now ? t('serve.requests.again', { time: stopwatch(retryAt - now) }) : ''
  const reason =
    error === undefined
      ? undefined
      : `${t([`serve.requests.error.${error}`, 'serve.requests.error.other'], { code: error })} ${again}`
  return (
    <AskingGroup
      name={groupName}
      image={groupImage}
      unread={t('serve.requests.reading')}
      notes={[asks]}
      buttons={
        <>
          {state === 'accepted' && <StateChip tone="waiting" text={t('serve.requests.accepted')} />}
          {state === 'failed' && <StateChip tone="danger" text={t('serve.requests.failed')} />}
          {state !== 'accepted' && (
            <Button look="quiet" disabled={busy} onClick={() => run(() => api().serving.block({ request: id }))}>
              {t('serve.requests.block')}
            </Button>
          )}
          {state !== 'accepted' && (
            <Button disabled={busy} onClick={() => run(() => api().serving.reject({ request: id }))}>
              {t(waits ? 'serve.requests.reject' : 'action.remove')}
            </Button>
          )}
          {state !== 'accepted' && (
            <Button look="primary" disabled={busy} onClick={() => run(() => api().serving.accept({ request: id }))}>
              {t(waits ? 'serve.requests.accept' : 'action.retry')}
            </Button>
          )}
        </>
      }
      reason={reason}
      failure={failure}
    />
  )
}
