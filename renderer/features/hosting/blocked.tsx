import { useTranslation } from 'react-i18next'
import type { BlockedGroup } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { isolate } from '../../ui/isolate.ts'
import { AskingGroup } from './asking-group.tsx'
import css from './hosting.module.css'

/** Groups that may not ask any more. */
export function Blocked() {
  const { t } = useTranslation()
  const blocked = useHost((state) => state.blocked)
  if (blocked.length === 0) return null
  return (
    <section className={css.section} aria-label={t('serve.blocked.title')}>
      <h2>{t('serve.blocked.title')}</h2>
      <p className={css.muted}>{t('serve.blocked.hint')}</p>
      <ul className={css.rows}>
        {blocked.map((block) => (
          <Block key={block.id} block={block} />
        ))}
      </ul>
    </section>
  )
}

function Block({ block }: { readonly block: BlockedGroup }) {
  const { t, i18n } = useTranslation()
  const { busy, failure, run } = useCall()
  const { id, groupName, groupImage, owner, refused, since } = block
  const date = new Date(since).toLocaleDateString(i18n.language, { day: 'numeric', month: 'short', year: 'numeric' })
  const by = t('serve.blocked.by', { name: isolate(owner), date })
  const asked = t('serve.blocked.asked', { count: refused, number: refused.toLocaleString(i18n.language) })
  return (
    <AskingGroup
      name={groupName}
      image={groupImage}
      unread={t('serve.blocked.unread')}
      notes={refused > 0 ? [by, asked] : [by]}
      buttons={
        <Button disabled={busy} onClick={() => run(() => api().serving.unblock({ block: id }))}>
          {t('serve.blocked.allow')}
        </Button>
      }
      failure={failure}
    />
  )
}
