import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group } from '../../../../core/host/contract/types.ts'
import { api } from '../../../state/api.ts'
import { useSuperPeers } from '../../../state/super-peers.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { Button } from '../../../ui/button.tsx'
import { useCall } from '../../../ui/call.ts'
import { Confirm } from '../../../ui/confirm.tsx'
import { isolate } from '../../../ui/isolate.ts'
import { ProgressList } from '../../superpeers/progress-list.tsx'
import { reasonOf } from '../../superpeers/trouble.ts'
import css from './wizard.module.css'
import { Wizard, WizardActions } from './wizard.tsx'

/** Step 3: its super-peers come to terms, before the owner's eyes. */
export function Progress({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const superPeers = useSuperPeers(group.id)
  const [cancelling, setCancelling] = useState(false)
  const { busy, failure, run } = useCall()
  const active = superPeers.filter(({ status }) => status === 'active').length
  const usable = group.status === 'ready' && active > 0

  return (
    <Wizard step="progress" back="/chats">
      <div className={css.who}>
        <Avatar name={group.displayName} image={group.image} size={48} />
        <bdi>{group.displayName}</bdi>
      </div>
      <p className={css.lead}>{leadOf(group, active, superPeers.length, t)}</p>
      <div className={css.card}>
        <ProgressList
          superPeers={superPeers}
          part="owner"
          onReplace={({ id }) => navigate(`/groups/${group.id}/super-peers/add?replace=${id}`)}
        />
        <div>
          <Button
            look="quiet"
            icon={<Plus size={18} aria-hidden="true" />}
            onClick={() => navigate(`/groups/${group.id}/super-peers/add`)}
          >
            {t('groups.create.another')}
          </Button>
        </div>
      </div>
      <WizardActions
        failure={failure}
        out={
          <Button look="quiet" onClick={() => setCancelling(true)}>
            {t('groups.create.cancel')}
          </Button>
        }
        on={
          <Button
            look="primary"
            busy={busy}
            disabled={!usable}
            onClick={() => run(() => api().groups.confirm({ group: group.id }))}
          >
            {t('groups.create.open')}
          </Button>
        }
      />
      <Confirm
        title={t('groups.create.cancelTitle', { name: isolate(group.displayName) })}
        open={cancelling}
        onClose={() => setCancelling(false)}
        keep={t('groups.create.keep')}
        action={t('groups.create.cancel')}
        run={() => discard(group.id).then(() => navigate('/chats', { replace: true }))}
      >
        <p>{t('groups.create.cancelText')}</p>
      </Confirm>
    </Wizard>
  )
}

/** Ends the work at the super-peers too; nobody has joined, so nothing is left to keep. */
async function discard(group: number): Promise<void> {
  await api().groups.remove({ group })
  await api().groups.forget({ group })
}

function leadOf(group: Group, active: number, total: number, t: ReturnType<typeof useTranslation>['t']): string {
  if (group.status === 'creating') {
    return group.error === undefined
      ? t('groups.create.making')
      : `${t('groups.create.makingLater')} ${reasonOf(group.error, t)}`
  }
  if (active === 0) return t('groups.create.waiting')
  return active === total ? t('groups.create.allActive') : t('groups.create.someActive')
}
