import { Users } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso } from 'react-virtuoso'
import type { Group } from '../../../../core/host/contract/types.ts'
import { useHost } from '../../../state/host.ts'
import { loadAllMembers, loadMembers, membersOf, useMembers } from '../../../state/members.ts'
import { useCall } from '../../../ui/call.ts'
import { FailureNote } from '../../../ui/failure.tsx'
import { Empty, Page } from '../../../ui/page.tsx'
import { SearchField } from '../../../ui/search-field.tsx'
import { MemberRow } from './member-row.tsx'
import css from './members.module.css'
import { byRank } from './roles.ts'

/** How many there are, and who of them takes part. */
export function Members({ group }: { readonly group: Group }) {
  const { t, i18n } = useTranslation()
  const [search, setSearch] = useState('')
  const list = useMembers((state) => membersOf(state, group.id))
  const online = useHost((state) => state.connection === 'online')
  const { failure, run } = useCall()
  const { id } = group
  const wanted = search.trim().toLocaleLowerCase()
  const more = useCallback(() => void run(() => loadMembers(id)), [id, run])

  useEffect(() => {
    if (online) more()
  }, [online, more])

  useEffect(() => {
    if (wanted !== '' && !list.complete && !list.loading) void run(() => loadAllMembers(id))
  }, [wanted, list, id, run])

  const shown = useMemo(
    () =>
      [...list.members]
        .filter(({ displayName }) => displayName.toLocaleLowerCase().includes(wanted))
        .sort((a, b) => byRank(a, b)),
    [list.members, wanted],
  )
  const count = group.memberCount.toLocaleString(i18n.language)
  const found = `${shown.length.toLocaleString(i18n.language)}${list.complete ? '' : '+'}`

  return (
    <Page title={t('groups.membersTitle')} back={`/groups/${id}`} fill>
      <div className={css.top}>
        <p className={css.lead}>
          <strong>{t('groups.members', { count: group.memberCount, shown: count })}</strong>
          <span className={css.muted}>{t('groups.membersPage.lead')}</span>
        </p>
        <SearchField label={t('groups.membersPage.search')} value={search} onChange={setSearch} />
        <p className={css.count} role="status">
          {wanted === ''
            ? t('groups.membersPage.active', { count: shown.length, shown: found })
            : t('groups.membersPage.found', { count: shown.length, shown: found })}
        </p>
        <FailureNote failure={failure} onRetry={more} />
      </div>
      {list.complete && list.members.length === 0 ? (
        <Empty
          icon={<Users size={28} />}
          title={t('groups.membersPage.none')}
          text={t('groups.membersPage.noneText')}
        />
      ) : (
        <Virtuoso
          className={css.list ?? ''}
          data={shown}
          computeItemKey={(_, member) => member.id}
          endReached={more}
          increaseViewportBy={400}
          itemContent={(_, member) => <MemberRow group={group} member={member} />}
        />
      )}
    </Page>
  )
}
