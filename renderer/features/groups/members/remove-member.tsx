import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group, MemberView } from '../../../../core/host/contract/types.ts'
import { api } from '../../../state/api.ts'
import { Confirm } from '../../../ui/confirm.tsx'
import { Switch } from '../../../ui/field.tsx'
import { isolate } from '../../../ui/isolate.ts'

interface RemoveMemberProps {
  readonly group: Group
  readonly member: MemberView
  readonly onClose: () => void
}

export function RemoveMember({ group, member, onClose }: RemoveMemberProps) {
  const { t } = useTranslation()
  const [messages, setMessages] = useState(false)
  const name = isolate(member.displayName)
  return (
    <Confirm
      title={t('groups.removeMember.title', { name, group: isolate(group.displayName) })}
      open
      onClose={onClose}
      action={t(messages ? 'groups.removeMember.actionMessages' : 'groups.removeMember.action', { name })}
      run={() => api().members.remove({ group: group.id, member: member.id, messages })}
    >
      <p>{t('groups.removeMember.text')}</p>
      <Switch
        label={t('groups.removeMember.messages')}
        hint={t('groups.removeMember.messagesHint')}
        checked={messages}
        onChange={setMessages}
      />
    </Confirm>
  )
}
