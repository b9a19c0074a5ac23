import { useTranslation } from 'react-i18next'
import type { SuperPeerView } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { isolate } from '../../ui/isolate.ts'

interface RemoveSuperPeerProps {
  readonly superPeer: SuperPeerView
  readonly name: string
  readonly open: boolean
  readonly onClose: () => void
}

/** Taking a super-peer out of one group, with what it means for the group. */
export function RemoveSuperPeer({ superPeer, name, open, onClose }: RemoveSuperPeerProps) {
  const { t } = useTranslation()
  const group = useHost((state) => state.groups.get(superPeer.group))
  const others = useHost(
    (state) =>
      (state.superPeers.get(superPeer.group) ?? []).filter(
        ({ id, status }) => id !== superPeer.id && status === 'active',
      ).length,
  )
  const known = superPeer.steps.active !== undefined
  const consequence = !known ? 'fresh' : others > 0 ? 'others' : 'last'
  return (
    <Confirm
      title={t('superPeers.remove.title', { name: isolate(name), group: isolate(group?.displayName ?? '') })}
      open={open}
      onClose={onClose}
      action={t('superPeers.remove.action', { name: isolate(name) })}
      run={() => api().superPeers.remove({ group: superPeer.group, superPeer: superPeer.id })}
    >
      <p>{t(`superPeers.remove.${consequence}`, { name: isolate(name), count: others })}</p>
    </Confirm>
  )
}
