import { useTranslation } from 'react-i18next'
import { Avatar } from '../../ui/avatar.tsx'
import css from './mention-list.module.css'
import type { Offer } from './use-mentions.ts'

/** Members whose name fits what is being written; the field keeps the focus. */
export function MentionList({ offer }: { readonly offer: Offer }) {
  const { t } = useTranslation()
  return (
    <div className={css.list} id={offer.listId} role="listbox" aria-label={t('chats.mention')}>
      {offer.members.map((member, index) => (
        <div
          key={member.id}
          id={offer.optionId(index)}
          className={css.member}
          role="option"
          tabIndex={-1}
          aria-selected={index === offer.active}
          onPointerDown={(event) => {
            event.preventDefault()
            offer.choose(index)
          }}
        >
          <Avatar name={member.displayName} image={member.profile.image} size={28} />
          <bdi>{member.displayName}</bdi>
        </div>
      ))}
    </div>
  )
}
