import { Copy, Download, Images, Info, MoreHorizontal, Pencil, Reply, SmilePlus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRuntime } from '../../runtime/context.ts'
import { callsOf } from '../../state/chat-calls.ts'
import type { Chat, ChatMessage } from '../../state/chats.ts'
import type { useCall } from '../../ui/call.ts'
import { Menu, type MenuItem } from '../../ui/menu.tsx'
import css from './message-row.module.css'
import { blobOf, copyPicture, pictureName, pictureOf } from './picture.ts'
import { REACTIONS } from './reactions.tsx'

interface ActionsProps {
  readonly chat: Chat
  readonly message: ChatMessage
  readonly onReply: (message: ChatMessage) => void
  readonly onEdit: (message: ChatMessage) => void
  readonly onDetails: (message: ChatMessage) => void
  readonly run: ReturnType<typeof useCall>['run']
}

/** What one can do with a message: a menu, and the row of reactions that it opens. */
export function MessageActions({ chat, message, onReply, onEdit, onDetails, run }: ActionsProps) {
  const { t } = useTranslation()
  const runtime = useRuntime()
  const [reacting, setReacting] = useState(false)
  const calls = callsOf(chat.ref)
  const own = message.sent
  const live = isLive(chat)
  const image = pictureOf(message)
  const items: (MenuItem | false)[] = [
    chat.mayWrite && { text: t('chats.actions.reply'), icon: <Reply size={18} />, run: () => onReply(message) },
    live && { text: t('chats.actions.react'), icon: <SmilePlus size={18} />, run: () => setReacting(true) },
    message.text !== '' && {
      text: t('chats.actions.copy'),
      icon: <Copy size={18} />,
      run: () => void navigator.clipboard.writeText(message.text),
    },
    image !== undefined && {
      text: t('chats.actions.copyPicture'),
      icon: <Images size={18} />,
      run: () => void run(() => copyPicture(image)),
    },
    image !== undefined && {
      text: t('chats.actions.savePicture'),
      icon: <Download size={18} />,
      run: () => void run(() => runtime.saveFile(pictureName(message.time, image), blobOf(image))),
    },
    live && own && { text: t('chats.actions.edit'), icon: <Pencil size={18} />, run: () => onEdit(message) },
    { text: t('chats.actions.details'), icon: <Info size={18} />, run: () => onDetails(message) },
    live &&
      (own || moderates(chat)) && {
        text: t(own ? 'chats.actions.delete' : 'chats.actions.moderate'),
        icon: <Trash2 size={18} />,
        danger: true,
        run: () => void run(() => calls.remove(message.id)),
      },
  ]
  return (
    <>
      <Menu
        className={css.actions}
        label={t('chats.actions.label')}
        icon={<MoreHorizontal size={18} />}
        items={items.filter((item) => item !== false)}
      />
      {reacting && (
        <div className={css.picker} role="toolbar" aria-label={t('chats.actions.react')}>
          {REACTIONS.map((emoji) => (
            <button
              key={emoji}
              type="button"
              // biome-ignore lint/a11y/noAutofocus: the toolbar was just asked for
              autoFocus={emoji === REACTIONS[0]}
              onKeyDown={(event) => event.key === 'Escape' && setReacting(false)}
              onClick={() => {
                setReacting(false)
                void run(() => calls.react(message.id, emoji, true))
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </>
  )
}

/** Who may not write may still react. */
function isLive(chat: Chat): boolean {
  return chat.kind === 'group' ? chat.group.status === 'active' : chat.mayWrite
}

function moderates(chat: Chat): boolean {
  return chat.kind === 'group' && ['owner', 'admin', 'moderator'].includes(chat.group.role)
}
