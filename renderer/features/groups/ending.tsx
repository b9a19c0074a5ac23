import { LogOut, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { isolate } from '../../ui/isolate.ts'
import { Section } from '../../ui/page.tsx'
import css from './group.module.css'

type Kind = 'leave' | 'delete' | 'forget'

/** Leaving, deleting for everybody, and dropping what is kept of a group that is over. */
export function Ending({ group }: { readonly group: Group }) {
  const { t, i18n } = useTranslation()
  const [, navigate] = useLocation()
  const [asking, setAsking] = useState(false)
  const kind: Kind = group.status !== 'active' ? 'forget' : group.part === 'owner' ? 'delete' : 'leave'
  const others = Math.max(0, group.memberCount - 1)
  const named = {
    name: isolate(group.displayName),
    count: others,
    shown: others.toLocaleString(i18n.language),
  }

  async function end(): Promise<void> {
    const { id } = group
    if (kind === 'leave') await api().groups.leave({ group: id })
    else if (kind === 'delete') await api().groups.remove({ group: id })
    else await api().groups.forget({ group: id })
    if (kind === 'forget') navigate('/chats', { replace: true })
  }

  const Icon = kind === 'leave' ? LogOut : Trash2
  return (
    <Section title={t(`groups.${kind}.section`)}>
      <p className={css.fact}>
        {kind === 'forget' && <>{t(`chats.closed.${group.status}`, { defaultValue: '' })} </>}
        {t(`groups.${kind}.what`, named)}
      </p>
      <div>
        <Button look="danger" icon={<Icon size={18} aria-hidden="true" />} onClick={() => setAsking(true)}>
          {t(`groups.${kind}.button`)}
        </Button>
      </div>
      <Confirm
        title={t(`groups.${kind}.title`, named)}
        open={asking}
        onClose={() => setAsking(false)}
        action={t(`groups.${kind}.action`, named)}
        run={end}
      >
        <p>{t(`groups.${kind}.text`, named)}</p>
      </Confirm>
    </Section>
  )
}
