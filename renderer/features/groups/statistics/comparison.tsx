import { useTranslation } from 'react-i18next'
import type { Group, GroupStatistics } from '../../../../core/host/contract/types.ts'
import { useKnown } from '../../../state/known.ts'
import { useSuperPeers } from '../../../state/super-peers.ts'
import { StateChip } from '../../../ui/chip.tsx'
import { agoText, lengthText } from '../../../ui/duration.ts'
import { useNow } from '../../chats/now.ts'
import { nameOf } from '../../superpeers/names.ts'
import { standingOf, TONES } from '../../superpeers/standing.ts'
import css from './statistics.module.css'

interface ComparisonProps {
  readonly group: Group
  readonly figures: GroupStatistics
}

/** What each super-peer delivered to this host, how late, and what waits for it. */
export function Comparison({ group, figures }: ComparisonProps) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const known = useKnown()
  const superPeers = useSuperPeers(group.id)
  const { language } = i18n
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={css.scroll} tabIndex={0}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('superPeers.unnamed')}</th>
            <th scope="col">{t('groups.statistics.state')}</th>
            <th scope="col">{t('groups.statistics.delivered')}</th>
            <th scope="col">{t('groups.statistics.lag')}</th>
            <th scope="col">{t('groups.statistics.waits')}</th>
            <th scope="col">{t('groups.statistics.seen')}</th>
          </tr>
        </thead>
        <tbody>
          {superPeers.map((superPeer) => {
            const standing = standingOf(superPeer, superPeers)
            const found = figures.superPeers.find((other) => other.superPeer === superPeer.id)
            const { seenAt } = superPeer
            return (
              <tr key={superPeer.id}>
                <th scope="row">
                  <bdi className={css.name}>{nameOf(superPeer, known, t)}</bdi>
                </th>
                <td>
                  <StateChip tone={TONES[standing]} text={t(`superPeers.standing.${standing}`)} />
                </td>
                <td>{shareText(found, language)}</td>
                <td>{found?.lag === undefined ? '–' : lengthText(found.lag, language)}</td>
                <td>{(found?.waiting ?? 0).toLocaleString(language)}</td>
                <td>{seenAt === undefined ? '–' : agoText(seenAt, Math.max(now, seenAt), language)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function shareText(figures: GroupStatistics['superPeers'][number] | undefined, language: string): string {
  if (figures === undefined || figures.expected === 0) return '–'
  const share = figures.delivered / figures.expected
  return share.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 })
}
