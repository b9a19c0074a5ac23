import { useTranslation } from 'react-i18next'
import type { BlockedGroup } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { isolate } from '../../ui/isolate.ts'
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
  return (
    <li className={css.request}>
      <div className={css.main}>
        <Avatar name={groupName ?? '?'} image={groupImage} size={44} />
        <span className={css.text}>
          {groupName === undefined ? (
            <span className={css.name}>{t('serve.blocked.unread')}</span>
          ) : (
            <bdi className={css.name}>{groupName}</bdi>
          )}
          <span className={css.note}>{t('serve.blocked.by', { name: isolate(owner), date })}</span>
          {refused > 0 && (
            <span className={css.note}>
              {t('serve.blocked.asked', { count: refused, number: refused.toLocaleString(i18n.language) })}
            </span>
          )}
        </span>
      </div>
      <div className={css.buttons}>
        <Button disabled={busy} onClick={() => run(() => api().serving.unblock({ block: id }))}>
          {t('serve.blocked.allow')}
        </Button>
      </div>
      <FailureNote failure={failure} />
    </li>
  )
}
