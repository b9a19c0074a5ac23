import type { ChatEventParams } from '../../chat/events.ts'
import type { MsgContainer } from '../../chat/msg-container.ts'
import { containerOf } from '../../chat/state/columns.ts'
import { type MessageRow, messageByShared, replaceContainer } from '../state/messages.ts'
import { applied, ignored, type Outcome, type Received, refused } from './context.ts'
import { isAuthorOf, itemScope } from './items.ts'

/** What is told of files afterwards (chat §5.7). */

/** Characters of a file's description: a few hundred tell of a piece of four megabytes. */
const MAX_DESCRIPTION = 256 * 1024

/** Parts of an XFTP description, in order; repeated ones are ignored (chat §5.7). */
export async function receiveFileDescription(
  received: Received,
  params: ChatEventParams['x.msg.file.descr'],
): Promise<Outcome> {
  const { tx, group, author } = received
  const item = await messageByShared(tx, group.id, params.msgId)
  if (item === undefined) return ignored('unknown-message', { open: true })
  if (!isAuthorOf(author, item)) return refused('not-author')
  const container = containerOf(item)
  const known = container.file?.fileDescr
  if (container.file === undefined || known?.fileDescrComplete === true) return ignored('unchanged')
  const { fileDescr: part } = params
  if (part.fileDescrPartNo !== (known?.fileDescrPartNo ?? 0) + 1) return ignored('unchanged', { open: true })
  const fileDescr = { ...part, fileDescrText: (known?.fileDescrText ?? '') + part.fileDescrText }
  if (fileDescr.fileDescrText.length > MAX_DESCRIPTION) return refused('description')
  return replaced(received, item, { ...container, file: { ...container.file, fileDescr } })
}

export async function receiveFileCancel(
  received: Received,
  params: ChatEventParams['x.file.cancel'],
): Promise<Outcome> {
  const { tx, group, author } = received
  const item = await messageByShared(tx, group.id, params.msgId)
  if (item === undefined) return ignored('unknown-message', { open: true })
  if (!isAuthorOf(author, item)) return refused('not-author')
  const container = containerOf(item)
  if (container.file === undefined) return ignored('unchanged')
  const { file: _file, ...rest } = container
  return replaced(received, item, rest)
}

async function replaced(received: Received, item: MessageRow, container: MsgContainer): Promise<Outcome> {
  const { tx, group, author, context } = received
  await replaceContainer(tx, item.message, container)
  context.notify(tx, { type: 'message', group: group.id, message: item.message, change: 'updated' })
  return applied({
    item: item.message,
    asGroup: item.as_group === 1,
    scope: author?.blocked === true ? undefined : itemScope(item),
  })
}
