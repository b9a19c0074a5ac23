import { useTranslation } from 'react-i18next'
import type { BackupSummary } from '../../../core/host/contract/backup.ts'
import { hasEnded } from '../groups/ended.ts'

/** "This file can bring back 3 groups with all keys, 2 that you are in and 1,204 messages, as of yesterday 14:02." */
export function Summary({ summary }: { readonly summary: BackupSummary }) {
  const { t, i18n } = useTranslation()
  const { content, createdAt, media } = summary
  const alive = content.groups.filter((group) => !hasEnded(group))
  const count = (part: string, controls?: boolean): number =>
    alive.filter((group) => group.part === part && (controls === undefined || group.controls === controls)).length
  const counts: readonly (readonly [string, number])[] = [
    ['profiles', content.profiles.length],
    ['own', count('owner', true)],
    ['keyless', count('owner', false)],
    ['member', count('member')],
    ['served', count('super-peer')],
    ['messages', content.messages],
  ]
  const parts = counts
    .filter(([, number]) => number > 0)
    .map(([what, number]) => t(`backup.holds.${what}`, { count: number, number: number.toLocaleString(i18n.language) }))
  const list = new Intl.ListFormat(i18n.language, { style: 'long', type: 'conjunction' })
  return (
    <p>
      {t('backup.holds.text', {
        what: parts.length === 0 ? t('backup.holds.nothing') : list.format(parts),
        time: new Date(createdAt).toLocaleString(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }),
      })}
      {!media && ` ${t('backup.holds.noMedia')}`}
    </p>
  )
}
