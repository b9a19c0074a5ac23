import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group } from '../../../../core/host/contract/types.ts'
import { api } from '../../../state/api.ts'
import { useSuperPeers } from '../../../state/super-peers.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { Button } from '../../../ui/button.tsx'
import { Confirm } from '../../../ui/confirm.tsx'
import { isolate } from '../../../ui/isolate.ts'
import { Page } from '../../../ui/page.tsx'
import { ProgressList } from '../../superpeers/progress-list.tsx'
import css from '../create/wizard.module.css'

/** On the way into a group: its super-peers answer one by one, the first one opens it. */
export function Joining({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const superPeers = useSuperPeers(group.id)
  const [cancelling, setCancelling] = useState(false)
  const name = isolate(group.displayName)
  return (
    <Page title={t('groups.join.title')} back="/chats" narrow>
      <div className={css.who}>
        <Avatar name={group.displayName} image={group.image} size={48} />
        <bdi>{group.displayName}</bdi>
      </div>
      <p className={css.lead}>{t('groups.join.waiting')}</p>
      <div className={css.card}>
        <ProgressList superPeers={superPeers} part="member" />
      </div>
      <div className={css.actions}>
        <Button look="quiet" onClick={() => setCancelling(true)}>
          {t('groups.join.cancel')}
        </Button>
        <Button onClick={() => navigate('/chats')}>{t('groups.join.later')}</Button>
      </div>
      <Confirm
        title={t('groups.join.cancelTitle', { name })}
        open={cancelling}
        onClose={() => setCancelling(false)}
        keep={t('groups.create.keep')}
        action={t('groups.join.cancel')}
        run={() => abandon(group.id).then(() => navigate('/chats', { replace: true }))}
      >
        <p>{t('groups.join.cancelText')}</p>
      </Confirm>
    </Page>
  )
}

async function abandon(group: number): Promise<void> {
  await api().groups.leave({ group })
  await api().groups.forget({ group })
}
