import { Ban, MoreHorizontal, PenLine, ShieldCheck, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group, MemberView } from '../../../../core/host/contract/types.ts'
import { api } from '../../../state/api.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { useCall } from '../../../ui/call.ts'
import { agoText } from '../../../ui/duration.ts'
import { FailureNote } from '../../../ui/failure.tsx'
import { isolate } from '../../../ui/isolate.ts'
import { Menu, type MenuItem } from '../../../ui/menu.tsx'
import { useNow } from '../../chats/now.ts'
import css from './members.module.css'
import { RemoveMember } from './remove-member.tsx'
import { isStrong, rightsOver } from './roles.ts'

interface MemberRowProps {
  readonly group: Group
  readonly member: MemberView
}

export function MemberRow({ group, member }: MemberRowProps) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const [removing, setRemoving] = useState(false)
  const { failure, run } = useCall()
  const { id, displayName, role, blocked, self, wroteAt } = member
  const rights = rightsOver(group, member)
  const target = { group: group.id, member: id }
  const items: MenuItem[] = rights.roles.map((next) => ({
    text: t(`groups.membersPage.make.${next}`),
    icon: next === 'moderator' || next === 'admin' ? <ShieldCheck size={18} /> : <PenLine size={18} />,
    run: () => void run(() => api().members.setRole({ ...target, role: next })),
  }))
  if (rights.block) {
    items.push({
      text: t(blocked ? 'groups.membersPage.unblock' : 'groups.membersPage.block'),
      icon: <Ban size={18} />,
      run: () => void run(() => api().members.block({ ...target, blocked: !blocked })),
    })
  }
  if (rights.remove) {
    items.push({
      text: t('groups.membersPage.remove'),
      icon: <UserMinus size={18} />,
      danger: true,
      run: () => setRemoving(true),
    })
  }

  return (
    <div className={css.row} data-managed={isStrong(group.role)}>
      <Avatar name={displayName} image={member.profile.image} size={40} />
      <div className={css.who}>
        <span className={css.line}>
          <bdi className={css.name}>{displayName}</bdi>
          {self && <span className={css.self}>{t('groups.membersPage.you')}</span>}
        </span>
        <span className={css.note}>
          {wroteAt === undefined
            ? t('groups.membersPage.neverWrote')
            : t('groups.membersPage.wrote', { ago: agoText(wroteAt, Math.max(now, wroteAt), i18n.language) })}
        </span>
      </div>
      <span className={css.role} data-strong={isStrong(role)} data-blocked={blocked}>
        {blocked ? t('groups.membersPage.blocked') : t(`groups.role.${role}`, { defaultValue: role })}
      </span>
      {items.length > 0 && (
        <Menu
          label={t('groups.membersPage.actions', { name: isolate(displayName) })}
          icon={<MoreHorizontal size={18} />}
          items={items}
        />
      )}
      {failure !== undefined && (
        <div className={css.problem}>
          <FailureNote failure={failure} />
        </div>
      )}
      {removing && <RemoveMember group={group} member={member} onClose={() => setRemoving(false)} />}
    </div>
  )
}
