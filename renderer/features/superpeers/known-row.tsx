import { Copy, MoreHorizontal, Pencil, Power, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KnownSuperPeer } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { isolate } from '../../ui/isolate.ts'
import { Menu } from '../../ui/menu.tsx'
import { DeleteKnown, RenameKnown } from './known-dialogs.tsx'
import { hostOf } from './names.ts'
import css from './super-peer-row.module.css'
import { TestFailure, TestState } from './test-state.tsx'
import { Uses, usesOf } from './uses.tsx'

interface KnownRowProps {
  readonly superPeer: KnownSuperPeer
  /** Its operator is switched off. */
  readonly off: boolean
}

export function KnownRow({ superPeer, off }: KnownRowProps) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<'rename' | 'delete'>()
  const { failure, run } = useCall()
  const uses = usesOf(
    useHost((state) => state.superPeers),
    superPeer.address,
  )
  const { address, name, enabled, operator } = superPeer
  const custom = operator === undefined
  const note = enabled && !off ? hostOf(address) : t('superPeers.disabled')

  return (
    <li className={css.row}>
      <div className={css.main}>
        <Avatar name={name} image={superPeer.image} size={40} />
        <span className={css.text}>
          <bdi className={css.name}>{name}</bdi>
          {note !== undefined && <span className={css.note}>{note}</span>}
        </span>
      </div>
      <div className={css.end}>
        <TestState superPeer={superPeer} />
        <Menu
          label={t('superPeers.actions', { name: isolate(name) })}
          icon={<MoreHorizontal size={18} />}
          items={[
            {
              text: t(enabled ? 'superPeers.disable' : 'superPeers.enable'),
              icon: <Power size={18} />,
              run: () => void run(() => api().known.update({ address, enabled: !enabled })),
            },
            {
              text: t('superPeers.copyAddress'),
              icon: <Copy size={18} />,
              run: () => void navigator.clipboard.writeText(address),
            },
            ...(custom
              ? [
                  { text: t('superPeers.rename'), icon: <Pencil size={18} />, run: () => setDialog('rename') },
                  {
                    text: t('superPeers.delete.menu'),
                    icon: <Trash2 size={18} />,
                    danger: true,
                    run: () => setDialog('delete'),
                  },
                ]
              : []),
          ]}
        />
      </div>
      <Uses uses={uses} />
      <TestFailure superPeer={superPeer} />
      <FailureNote failure={failure} />
      {dialog === 'rename' && <RenameKnown superPeer={superPeer} onClose={() => setDialog(undefined)} />}
      <DeleteKnown superPeer={superPeer} uses={uses} open={dialog === 'delete'} onClose={() => setDialog(undefined)} />
    </li>
  )
}
