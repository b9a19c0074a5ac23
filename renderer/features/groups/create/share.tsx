import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group } from '../../../../core/host/contract/types.ts'
import { useSuperPeers } from '../../../state/super-peers.ts'
import { Button } from '../../../ui/button.tsx'
import { isolate } from '../../../ui/isolate.ts'
import { isUnderWay, standingOf } from '../../superpeers/standing.ts'
import { LinkCard } from './link-card.tsx'
import css from './wizard.module.css'
import { Wizard, WizardActions } from './wizard.tsx'

/** Step 4: the link that brings people in. */
export function Share({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const superPeers = useSuperPeers(group.id)
  const waiting = superPeers.filter((superPeer) => isUnderWay(standingOf(superPeer, superPeers))).length
  return (
    <Wizard step="share" back={`/chats/${group.id}`}>
      <p className={css.lead}>{t('groups.share.lead', { name: isolate(group.displayName) })}</p>
      <LinkCard group={group} invitation />
      <p className={css.lead} role="status">
        {waiting > 0 && t('groups.share.others', { count: waiting })}
      </p>
      <WizardActions
        out={null}
        on={
          <Button look="primary" onClick={() => navigate(`/chats/${group.id}`)}>
            {t('groups.share.open')}
          </Button>
        }
      />
    </Wizard>
  )
}
