import { type MsgContent, msgContent } from '../content.ts'
import type { Json } from '../json.ts'
import { type MsgContainer, msgContainer } from '../msg-container.ts'

/** How messages lie in the database: their content, and what else `x.msg.new` said of them. */
export interface MessageColumns {
  /** JSON of MsgContent. */
  readonly content: string
  /** JSON of the other fields of MsgContainer; null where there are none. */
  readonly container: string | null
}

export function columnsOf(container: MsgContainer): MessageColumns {
  const { content, ...rest } = msgContainer.encode(container) as { readonly content: Json }
  return {
    content: JSON.stringify(content),
    container: Object.keys(rest).length === 0 ? null : JSON.stringify(rest),
  }
}

export function contentOf(row: MessageColumns): MsgContent {
  return msgContent.decode(JSON.parse(row.content))
}

/** The params of `x.msg.new` with the message's present content. */
export function containerOf(row: MessageColumns): MsgContainer {
  const rest = row.container === null ? {} : (JSON.parse(row.container) as object)
  return msgContainer.decode({ ...rest, content: JSON.parse(row.content) })
}

/** What is left of a message that was taken away. */
export const NO_CONTENT = JSON.stringify({ type: 'text', text: '' })
