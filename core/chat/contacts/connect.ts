import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { MsgContent } from '../content.ts'
import { msgContent } from '../content.ts'
import { newSharedMsgId } from '../ids.ts'
import { encodeConnInfo } from '../outgoing.ts'
import { sized } from '../sized.ts'
import { bind } from '../state/bindings.ts'
import type { ProfileId } from '../state/profiles.ts'
import type { ConnectOptions, ContactId, ContactRequestId } from './api.ts'
import type { ContactContext } from './context.ts'
import { knownLink, readPersonLink } from './links.ts'
import { profileInfo } from './sending.ts'
import { type Identity, identityOf, insertContact, jsonOf, profileOf, setContactConn } from './state/contacts.ts'
import { insertContactMessage } from './state/messages.ts'
import { deleteRequest, requestRow } from './state/waiting.ts'

/** Both ways to a contact: through somebody's link, and by answering who asks (chat §2.2). */

const REQUEST_ID = 16

export async function connectByLink(
  context: ContactContext,
  profile: ProfileId,
  text: string,
  options: ConnectOptions = {},
): Promise<ContactId> {
  const before = await context.store.read((tx) => knownLink(context, tx, text))
  if (before.own) throw new HearthError('usage', 'own-link', 'this link is yours')
  if (before.contact !== undefined) return before.contact
  const person = await readPersonLink(context, text)
  return context.store.write(async (tx) => {
    const known = await knownLink(context, tx, person.link)
    if (known.contact !== undefined) return known.contact
    const ownProfile = options.incognito
    const identity = await identityOf(tx, { profile, own_profile: jsonOf(ownProfile) })
    const now = context.env.clock.now()
    const requestId = person.kind === 'address' ? context.env.random(REQUEST_ID) : null
    const contact = await insertContact(tx, {
      profile,
      ownProfile,
      link: person.link,
      requestId,
      peer: person.data?.profile,
      profileSentAt: identity.changedAt,
      now,
    })
    const said = person.kind === 'address' ? (options.text ?? '').trim() : ''
    const info =
      requestId === null
        ? profileInfo(identity.profile)
        : await requestInfo(context, tx, { contact, requestId, identity, said, now })
    const conn = await context.agent.join(tx, person.target, info)
    await setContactConn(tx, contact, conn)
    await bind(tx, conn, 'contact', contact)
    context.notify(tx, { type: 'contact', contact, change: 'added' })
    return contact
  })
}

interface Asking {
  readonly contact: ContactId
  readonly requestId: Uint8Array
  readonly identity: Identity
  readonly said: string
  readonly now: number
}

/** `x.contact`; what is said with it is the first message of the conversation. */
async function requestInfo(context: ContactContext, tx: Tx, asking: Asking): Promise<Uint8Array> {
  const { contact, said, now } = asking
  const msgId = newSharedMsgId((size) => context.env.random(size))
  const content: MsgContent = { type: 'text', text: said }
  const first = said === '' ? {} : { msgId, content }
  const { profile } = asking.identity
  const info = sized(() =>
    encodeConnInfo({ type: 'x.contact', params: { profile, contactReqId: asking.requestId, ...first } }),
  )
  if (said !== '') {
    await insertContactMessage(tx, {
      contact,
      sharedMsgId: msgId,
      container: { content },
      state: 'waiting',
      time: now,
      now,
    })
  }
  return info
}

export async function acceptRequest(context: ContactContext, tx: Tx, request: ContactRequestId): Promise<ContactId> {
  const row = await requestRow(tx, request)
  if (row === undefined) throw new HearthError('usage', 'no-request', 'there is no such request')
  const identity = await identityOf(tx, { profile: row.profile, own_profile: null })
  const now = context.env.clock.now()
  const contact = await insertContact(tx, {
    profile: row.profile,
    ownProfile: undefined,
    requestId: row.request_id,
    peer: profileOf(row.content),
    profileSentAt: identity.changedAt,
    now,
  })
  const conn = await context.agent.accept(tx, row.agent_request, profileInfo(identity.profile))
  await setContactConn(tx, contact, conn)
  await bind(tx, conn, 'contact', contact)
  if (row.shared_msg_id !== null && row.message !== null) {
    const container = { content: msgContent.decode(JSON.parse(row.message)) }
    const { shared_msg_id: sharedMsgId, created_at: time } = row
    await insertContactMessage(tx, { contact, sharedMsgId, container, time, now })
  }
  await deleteRequest(tx, request)
  context.notify(tx, { type: 'contact-request-gone', request })
  context.notify(tx, { type: 'contact', contact, change: 'added' })
  return contact
}

export async function rejectRequest(context: ContactContext, tx: Tx, request: ContactRequestId): Promise<void> {
  const row = await requestRow(tx, request)
  if (row === undefined) return
  await context.agent.reject(tx, row.agent_request)
  await deleteRequest(tx, request)
  context.notify(tx, { type: 'contact-request-gone', request })
}
