import type { ReactNode } from 'react'
import type { ChatRef } from '../../state/chats.ts'
import css from './beside.module.css'
import { ChatList } from './chat-list.tsx'
import { ListDivider } from './list-divider.tsx'

/** The list stays beside the pages of a group or contact where there is room for it. */
export function Beside({ chat, children }: { readonly chat: ChatRef; readonly children: ReactNode }) {
  return (
    <div className={css.beside}>
      <div className={css.list}>
        <ChatList selected={chat} />
        <ListDivider />
      </div>
      <div className={css.content}>{children}</div>
    </div>
  )
}
