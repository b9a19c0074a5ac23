import { Plus, RefreshCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearch } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { useKnown } from '../../state/known.ts'
import { useSuperPeers } from '../../state/super-peers.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Page } from '../../ui/page.tsx'
import { ProgressRow } from '../superpeers/progress-row.tsx'
import { standingOf } from '../superpeers/standing.ts'
import css from './group.module.css'
import { ServingRow } from './serving-row.tsx'

/** Who passes the group's messages on, and how that goes. */
export function GroupSuperPeers({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const known = useKnown()
  const own = useHost((state) => state.address)
  const superPeers = useSuperPeers(group.id)
  const { busy, failure, run } = useCall()
  /** The one that a newer one is to take the place of: part of the address, so that a reload keeps it. */
  const replaced = Number(new URLSearchParams(useSearch()).get('replaced') ?? '')
  const { id, part, status } = group
  const owner = part === 'owner'
  return (
    <Page
      title={t('rail.superPeers')}
      back={`/groups/${id}`}
      actions={
        status !== 'active' ? null : owner ? (
          <Button
            look="primary"
            icon={<Plus size={18} aria-hidden="true" />}
            onClick={() => navigate(`/groups/${id}/super-peers/add`)}
          >
            {t('action.add')}
          </Button>
        ) : (
          <Button
            busy={busy}
            icon={<RefreshCw size={18} aria-hidden="true" />}
            onClick={() => run(() => api().groups.resync({ group: id }))}
          >
            {t('groups.superPeersPage.check')}
          </Button>
        )
      }
    >
      <p>{t(owner ? 'groups.superPeersPage.lead' : 'groups.superPeersPage.leadMember')}</p>
      <FailureNote failure={failure} />
      <ul className={css.card}>
        {superPeers.map((superPeer) => {
          const standing = standingOf(superPeer, superPeers)
          const settled = standing === 'active' || standing === 'silent' || status !== 'active'
          return settled ? (
            <ServingRow
              key={superPeer.id}
              group={group}
              superPeer={superPeer}
              all={superPeers}
              standing={standing}
              replaced={superPeer.id === replaced}
            />
          ) : (
            <ProgressRow
              key={superPeer.id}
              superPeer={superPeer}
              all={superPeers}
              part={owner ? 'owner' : 'member'}
              known={known}
              own={own}
              onReplace={owner ? () => navigate(`/groups/${id}/super-peers/add?replace=${superPeer.id}`) : undefined}
            />
          )
        })}
      </ul>
    </Page>
  )
}
