import type { AgentEvent } from '../../agent/api.ts'
import { CodecError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import { type MessageElement, type ParsedElement, parseBody } from '../container.ts'
import { sameContent } from '../content.ts'
import { type ChatEventParams, eventName } from '../events.ts'
import type { SharedMsgId } from '../ids.ts'
import type { MsgContainer } from '../msg-container.ts'
import { containerOf } from '../state/columns.ts'
import type { ContactContext } from './context.ts'
import { endContact } from './ending.ts'
import { type ContactRow, contactRow, setPeerProfile, setPeerVersions } from './state/contacts.ts'
import {
  changeReaction,
  contactMessageByShared,
  insertContactMessage,
  replaceContactMessage,
  wipeContactMessage,
} from './state/messages.ts'

/** What contacts say (chat §2.2, §2.3). Everything that one message causes is one transaction. */

type Params<K extends keyof ChatEventParams> = ChatEventParams[K]

interface Received {
  readonly context: ContactContext
  readonly tx: Tx
  readonly row: ContactRow
  /** By the router. */
  readonly time: number
  readonly now: number
}

export async function receiveBody(
  context: ContactContext,
  tx: Tx,
  row: ContactRow,
  event: Extract<AgentEvent, { type: 'MSG' }>,
): Promise<void> {
  const { log, clock } = context.env
  for (const element of elementsOf(event.body)) {
    // An element before this one may have ended it.
    const current = await contactRow(tx, row.contact)
    if (current === undefined || current.status === 'ended') return
    if (element.type === 'message' && element.forwarded === undefined) {
      await setPeerVersions(tx, current, element.peerVersion ?? element.message.v)
      await apply({ context, tx, row: current, time: event.brokerTime, now: clock.now() }, element)
    } else {
      const reason = element.type === 'error' ? element.error.code : 'not for contacts'
      log.info('contact.ignored', { contact: row.contact, element: element.type, reason })
    }
  }
}

function elementsOf(body: Uint8Array): readonly ParsedElement[] {
  try {
    return parseBody(body)
  } catch (error) {
    if (error instanceof CodecError) return [{ type: 'error', error }]
    throw error
  }
}

async function apply(received: Received, { message }: MessageElement): Promise<void> {
  const { context, tx, row } = received
  const { event, msgId } = message
  switch (event.type) {
    case 'x.msg.new':
      return msgId === undefined ? ignored(received, event.type) : receiveNew(received, msgId, event.params)
    case 'x.msg.update':
      return receiveUpdate(received, event.params)
    case 'x.msg.del':
      return receiveDelete(received, event.params)
    case 'x.msg.react':
      return receiveReaction(received, event.params)
    case 'x.info':
      if (await setPeerProfile(tx, row, event.params.profile)) {
        context.notify(tx, { type: 'contact', contact: row.contact, change: 'updated' })
      }
      return
    case 'x.direct.del':
      return endContact(context, tx, row)
    default:
      // Calls, files in chunks, invitations to ordinary groups, whatever comes later: tolerated, without effect.
      return ignored(received, eventName(event))
  }
}

async function ignored({ context, row }: Received, event: string): Promise<void> {
  context.env.log.debug('contact.ignored', { contact: row.contact, event })
}

async function receiveNew(received: Received, sharedMsgId: SharedMsgId, container: MsgContainer): Promise<void> {
  const { context, tx, row, time, now } = received
  if ((await contactMessageByShared(tx, row.contact, sharedMsgId)) !== undefined) return
  const message = await insertContactMessage(tx, { contact: row.contact, sharedMsgId, container, time, now })
  context.notify(tx, { type: 'contact-message', contact: row.contact, message, change: 'added' })
}

async function receiveUpdate(received: Received, params: Params<'x.msg.update'>): Promise<void> {
  const { context, tx, row, now } = received
  const { msgId, ...changed } = params
  const item = await contactMessageByShared(tx, row.contact, msgId)
  if (item === undefined) return receiveNew(received, msgId, changed)
  if (item.sent === 1 || item.deleted_at !== null) return
  const before = containerOf(item)
  const after: MsgContainer = { ...before, content: changed.content, ttl: changed.ttl, live: changed.live }
  const wasLive = before.live === true
  if (!wasLive && sameContent(before.content, after.content)) return
  await replaceContactMessage(tx, item, after, now, wasLive)
  context.notify(tx, { type: 'contact-message', contact: row.contact, message: item.message, change: 'updated' })
}

async function receiveDelete({ context, tx, row, now }: Received, params: Params<'x.msg.del'>): Promise<void> {
  const item = await contactMessageByShared(tx, row.contact, params.msgId)
  if (item === undefined || item.sent === 1 || item.deleted_at !== null) return
  await wipeContactMessage(tx, item.message, now)
  context.notify(tx, { type: 'contact-message', contact: row.contact, message: item.message, change: 'deleted' })
}

async function receiveReaction({ context, tx, row, now }: Received, params: Params<'x.msg.react'>): Promise<void> {
  const item = await contactMessageByShared(tx, row.contact, params.msgId)
  if (item === undefined || item.deleted_at !== null) return
  const { reaction, add } = params
  if (!(await changeReaction(tx, item.message, { own: false, reaction, add, now }))) return
  context.notify(tx, { type: 'contact-message', contact: row.contact, message: item.message, change: 'updated' })
}
