import { useTranslation } from 'react-i18next'
import type { Group } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import css from './group.module.css'

/** What the person wants of the group in the list, and what the owner set for everybody. */
export function Preferences({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const list = useCall()
  const rules = useCall()
  const { id, flags, part, status, writers, history } = group
  const change = part === 'owner' && status === 'active'
  return (
    <>
      <Section title={t('groups.preferences.list')}>
        {(['muted', 'pinned', 'archived'] as const).map((name) => (
          <Switch
            key={name}
            label={t(`groups.preferences.${name}`)}
            hint={t(`groups.preferences.${name}Hint`)}
            checked={flags[name]}
            onChange={(value) => list.run(() => api().groups.flags({ group: id, [name]: value }))}
          />
        ))}
        <FailureNote failure={list.failure} />
      </Section>
      <Section title={t('groups.preferences.rules')}>
        <p className={css.fact}>
          {t(`groups.writers.${writers}`)}
          {change && <small>{t('groups.preferences.writersHint')}</small>}
        </p>
        {change ? (
          <Switch
            label={t('groups.history.label')}
            hint={t('groups.history.hint')}
            checked={history}
            disabled={rules.busy}
            onChange={(value) => rules.run(() => api().groups.update({ group: id, history: value }))}
          />
        ) : (
          <p className={css.fact}>{t(history ? 'groups.history.on' : 'groups.history.off')}</p>
        )}
        <FailureNote failure={rules.failure} />
      </Section>
    </>
  )
}
