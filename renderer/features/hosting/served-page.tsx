import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect } from 'wouter'
import type { ServedGroup } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { refreshServing } from '../../state/serving.ts'
import { numberOf, useSettings } from '../../state/settings.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { StateChip } from '../../ui/chip.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { lengthText } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { isolate } from '../../ui/isolate.ts'
import { LinkText } from '../../ui/link-text.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Tile, Tiles } from '../../ui/tiles.tsx'
import css from './hosting.module.css'
import { Hours } from './hours.tsx'
import { isServed, standingOf, TONES } from './standing.ts'
import { timeToEveryone } from './time-to-everyone.ts'
import { useGroupFigures } from './use-group-figures.ts'

/** One group that this super-peer carries or carried. */
export function ServedPage({ group }: { readonly group: number }) {
  const served = useHost((state) => state.served.find(({ id }) => id === group))
  return served === undefined ? <Redirect to="/serve" replace /> : <Served group={served} />
}

function Served({ group }: { readonly group: ServedGroup }) {
  const { t, i18n } = useTranslation()
  const figures = useGroupFigures(group.id)
  const standing = standingOf(group)
  const day = (time: number): string => new Date(time).toLocaleDateString(i18n.language, { dateStyle: 'long' })
  const ended = group.inactiveAt
  return (
    <Page title={group.name} back="/serve">
      <div className={css.identity}>
        <Avatar name={group.name} image={group.image} size={72} />
        <div className={css.text}>
          <StateChip tone={TONES[standing]} text={t(`serve.standing.${standing}`)} />
          <span className={css.muted}>{t('serve.group.since', { date: day(group.since) })}</span>
          {ended !== undefined && <span className={css.muted}>{t('serve.group.until', { date: day(ended) })}</span>}
        </div>
      </div>
      <p>{t(`serve.group.${standing === 'left' && group.backlog > 0 ? 'draining' : standing}`)}</p>
      <GroupTiles group={group} />
      <Hours hours={figures?.hours} />
      {isServed(group) && (
        <Section title={t('serve.group.link')} hint={t('serve.group.linkHint')}>
          <LinkText link={group.groupLink} />
          <div className={css.buttons}>
            <CopyButton text={group.groupLink} />
          </div>
        </Section>
      )}
      <Ending group={group} />
    </Page>
  )
}

function GroupTiles({ group }: { readonly group: ServedGroup }) {
  const { t, i18n } = useTranslation()
  const settings = useSettings()
  const uplink = numberOf(settings, 'superPeer.uplink')
  const number = (value: number): string => value.toLocaleString(i18n.language)
  const { members, paused, messages, forwarded, backlog, refused } = group
  return (
    <Tiles>
      <Tile
        label={t('serve.group.members')}
        value={number(members)}
        detail={
          paused === 0 ? t('serve.live.allHere') : t('serve.live.away', { count: paused, number: number(paused) })
        }
      />
      <Tile label={t('serve.group.messages')} value={number(messages)} />
      <Tile
        label={t('serve.group.forwarded')}
        value={number(forwarded)}
        detail={t('serve.group.waiting', { number: number(backlog) })}
      />
      <Tile label={t('serve.group.refused')} value={number(refused)} detail={t('serve.group.refusedHint')} />
      {uplink > 0 && members > 0 && (
        <Tile
          label={t('serve.group.everyone')}
          value={lengthText(timeToEveryone(members, uplink), i18n.language)}
          detail={t('serve.group.uplink', { number: number(uplink) })}
        />
      )}
    </Tiles>
  )
}

/** Stops serving this group, or lets its owner come back. */
function Ending({ group }: { readonly group: ServedGroup }) {
  const { t, i18n } = useTranslation()
  const [asking, setAsking] = useState(false)
  const { busy, failure, run } = useCall()
  const name = isolate(group.name)
  const standing = standingOf(group)

  async function leave(): Promise<void> {
    await api().serving.leave({ group: group.id })
    await refreshServing()
  }

  if (standing === 'ended') return null
  if (standing === 'left') {
    return (
      <div className={css.buttons}>
        <Button busy={busy} onClick={() => run(() => api().serving.allow({ group: group.id }))}>
          {t('serve.group.allow')}
        </Button>
        <FailureNote failure={failure} />
      </div>
    )
  }
  return (
    <div className={css.buttons}>
      <Button look="danger" onClick={() => setAsking(true)}>
        {t('serve.group.leave')}
      </Button>
      <Confirm
        title={t('serve.group.leaveTitle', { name })}
        open={asking}
        onClose={() => setAsking(false)}
        keep={t('serve.stop.keep')}
        action={t('serve.group.leaveAction', {
          count: group.members,
          number: group.members.toLocaleString(i18n.language),
        })}
        run={leave}
      >
        <p>{t('serve.group.leaveText')}</p>
      </Confirm>
    </div>
  )
}
