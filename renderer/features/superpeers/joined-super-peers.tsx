import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useHost } from '../../state/host.ts'
import { useKnown } from '../../state/known.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { StateChip } from '../../ui/chip.tsx'
import { Section } from '../../ui/page.tsx'
import { nameOf } from './names.ts'
import { standingOf, TONES } from './standing.ts'
import css from './super-peer-row.module.css'

/** The super-peers of groups that others own: seen, not chosen. */
export function JoinedSuperPeers() {
  const { t } = useTranslation()
  const known = useKnown()
  const groups = useHost((state) => state.groups)
  const all = useHost((state) => state.superPeers)
  const joined = [...groups.values()].filter(
    ({ id, part, status }) => part === 'member' && status === 'active' && (all.get(id) ?? []).length > 0,
  )
  if (joined.length === 0) return null
  return (
    <Section title={t('superPeers.joined')} hint={t('superPeers.joinedHint')}>
      <ul className={css.rows}>
        {joined.map((group) => (
          <li key={group.id} className={css.row}>
            <Link href={`/groups/${group.id}/super-peers`} className={`${css.main} ${css.use}`}>
              <Avatar name={group.displayName} image={group.image} size={40} />
              <bdi className={css.name}>{group.displayName}</bdi>
            </Link>
            <ul className={css.uses}>
              {(all.get(group.id) ?? []).map((superPeer) => {
                const standing = standingOf(superPeer, all.get(group.id) ?? [])
                return (
                  <li key={superPeer.id} className={css.use}>
                    <bdi>{nameOf(superPeer, known, t)}</bdi>
                    <StateChip tone={TONES[standing]} text={t(`superPeers.standing.${standing}`)} />
                  </li>
                )
              })}
            </ul>
          </li>
        ))}
      </ul>
    </Section>
  )
}
