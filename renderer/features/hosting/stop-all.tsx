import { useTranslation } from 'react-i18next'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { refreshServing } from '../../state/serving.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { isolate } from '../../ui/isolate.ts'
import { isServed } from './standing.ts'

/** Ends serving altogether, after naming what that means. */
export function StopAll({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const name = useHost((state) => state.address?.displayName ?? '')
  const groups = useHost((state) => state.served.filter(isServed).length)
  const members = useHost((state) => state.served.filter(isServed).reduce((sum, group) => sum + group.members, 0))

  async function stop(): Promise<void> {
    await api().serving.leaveAll()
    await refreshServing()
  }

  return (
    <Confirm
      title={t('serve.stop.title', { name: isolate(name) })}
      open={open}
      onClose={onClose}
      keep={t('serve.stop.keep')}
      action={
        groups === 0
          ? t('serve.stop.menu')
          : t('serve.stop.action', { count: groups, number: groups.toLocaleString(i18n.language) })
      }
      run={stop}
    >
      <p>
        {groups === 0
          ? t('serve.stop.nothing')
          : t('serve.stop.text', { count: members, number: members.toLocaleString(i18n.language) })}
      </p>
    </Confirm>
  )
}
