import { CircleX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { isolate } from '../../ui/isolate.ts'
import { Empty, Page } from '../../ui/page.tsx'
import { reasonOf } from '../superpeers/trouble.ts'
import css from './group.module.css'

/** Creating or joining ended without a group. */
export function Failed({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { busy, failure, run } = useCall()
  const joining = group.part === 'member'

  async function forget(): Promise<void> {
    if (await run(() => api().groups.forget({ group: group.id }))) navigate('/chats', { replace: true })
  }

  return (
    <Page title={group.displayName} back="/chats" narrow>
      <Empty
        icon={<CircleX size={28} />}
        title={t(joining ? 'groups.failed.joinTitle' : 'groups.failed.createTitle', {
          name: isolate(group.displayName),
        })}
        text={`${reasonOf(group.error, t)} ${t(joining ? 'groups.failed.joinText' : 'groups.failed.createText')}`.trim()}
        action={
          <div className={css.buttons}>
            {joining && (
              <Button look="primary" busy={busy} onClick={() => run(() => api().groups.resync({ group: group.id }))}>
                {t('action.retry')}
              </Button>
            )}
            <Button busy={busy} onClick={forget}>
              {t('groups.failed.forget')}
            </Button>
          </div>
        }
      />
      <FailureNote failure={failure} />
    </Page>
  )
}
