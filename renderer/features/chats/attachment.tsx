import { FileText, Link as LinkIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ChatMessage } from '../../state/chats.ts'
import css from './attachment.module.css'
import { dataImage } from './picture.ts'

/** What a message brings beside its text. Nothing is loaded from anywhere: pictures are those inside the message. */
export function Attachment({ message }: { readonly message: ChatMessage }) {
  const { t } = useTranslation()
  const { content } = message
  const type = String(content.type ?? '')
  if (type === 'text') return null
  if (type === 'image' || type === 'video') {
    const image = dataImage(content.image)
    return image === undefined ? (
      <Kind text={t(`chats.message.kind.${type}`)} />
    ) : (
      <img className={css.image} src={image} alt={message.text || t(`chats.message.kind.${type}`)} />
    )
  }
  if (type === 'link') {
    const preview = content.preview as { readonly [key: string]: unknown } | undefined
    if (preview === undefined) return null
    const image = dataImage(preview.image)
    return (
      <span className={css.card}>
        {image !== undefined && <img src={image} alt="" />}
        <span className={css.cardText}>
          <strong>{String(preview.title ?? '')}</strong>
          <span>{String(preview.description ?? '')}</span>
          <span className={css.host}>
            <LinkIcon size={12} aria-hidden="true" /> {hostOf(preview.uri)}
          </span>
        </span>
      </span>
    )
  }
  return <Kind text={t([`chats.message.kind.${type}`, 'chats.message.kind.other'])} />
}

function Kind({ text }: { readonly text: string }) {
  return (
    <span className={css.kind}>
      <FileText size={18} aria-hidden="true" /> {text}
    </span>
  )
}

function hostOf(uri: unknown): string {
  try {
    return new URL(String(uri)).host
  } catch {
    return ''
  }
}
