import type { AgentEvent } from '../../agent/api.ts'
import type { Tx } from '../../store/database.ts'
import { readConnInfo } from '../container.ts'
import type { ChatEvent } from '../events.ts'
import type { Profile } from '../profile.ts'
import { bind, unbind } from '../state/bindings.ts'
import type { ProfileId } from '../state/profiles.ts'
import type { ContactId, InvitationId } from './api.ts'
import type { ContactContext } from './context.ts'
import { endContact, failContact } from './ending.ts'
import { receiveBody } from './receive.ts'
import { profileInfo, tellProfile } from './sending.ts'
import {
  type ContactRow,
  contactRow,
  identityOf,
  insertContact,
  profileOf,
  setContactConn,
  setContactStatus,
  setPeerProfile,
  setPeerVersions,
} from './state/contacts.ts'
import { arrivedWithRequest, deliveryOf, setSendState } from './state/messages.ts'
import {
  deleteInvitation,
  deleteRequest,
  insertRequest,
  invitationRow,
  invitationView,
  requestBefore,
  requestRow,
  requestRows,
  requestView,
} from './state/waiting.ts'

/** What the agent tells about contacts, own one-time links and addresses. */

type EventOfConn = Extract<AgentEvent, { conn: number }>

/** Beyond this many nobody can ask: an address is public, and its owner may be away for long. */
const MAX_REQUESTS = 500

/** Who the other side says it is. */
function toldProfile(event: ChatEvent): Profile | undefined {
  return event.type === 'x.info' || event.type === 'x.contact' ? event.params.profile : undefined
}

export async function addressEvent(
  context: ContactContext,
  tx: Tx,
  profile: ProfileId,
  event: EventOfConn,
): Promise<void> {
  if (event.type === 'DELETED') await unbind(tx, event.conn)
  if (event.type === 'ERR') {
    context.env.log.warn('contact.address', { profile, operation: event.operation, code: event.error.code })
  }
  if (event.type === 'REQ') await asked(context, tx, profile, event.request, event.info)
}

/** Somebody asks. What cannot be understood stays unanswered (chat §2.1). */
async function asked(
  context: ContactContext,
  tx: Tx,
  profile: ProfileId,
  agentRequest: number,
  info: Uint8Array,
): Promise<void> {
  const element = readConnInfo(info)
  const request = element?.message.event
  if (element === undefined || request?.type !== 'x.contact') return context.agent.reject(tx, agentRequest)
  const before = request.params.contactReqId && (await requestBefore(tx, profile, request.params.contactReqId))
  if (before !== undefined) {
    await context.agent.reject(tx, before.agent_request)
    await deleteRequest(tx, before.request)
    context.notify(tx, { type: 'contact-request-gone', request: before.request })
  } else if ((await requestRows(tx, profile)).length >= MAX_REQUESTS) {
    return context.agent.reject(tx, agentRequest)
  }
  const id = await insertRequest(tx, {
    profile,
    agentRequest,
    asked: request.params,
    versions: element.message.v,
    now: context.env.clock.now(),
  })
  context.notify(tx, { type: 'contact-request', request: requestView((await requestRow(tx, id))!) })
}

export async function invitationEvent(
  context: ContactContext,
  tx: Tx,
  id: InvitationId,
  event: EventOfConn,
): Promise<void> {
  if (event.type === 'DELETED') return unbind(tx, event.conn)
  const row = await invitationRow(tx, id)
  if (row === undefined) return
  if (event.type === 'ERR') return invitationFailed(context, tx, id, event.error.code)
  if (event.type !== 'CONF') return
  const element = readConnInfo(event.info)
  const peer = element && toldProfile(element.message.event)
  if (element === undefined || peer === undefined) return invitationFailed(context, tx, id, 'unexpected-answer')
  const identity = await identityOf(tx, row)
  const contact = await insertContact(tx, {
    profile: row.profile,
    ownProfile: profileOf(row.own_profile),
    peer,
    profileSentAt: identity.changedAt,
    now: context.env.clock.now(),
  })
  await setContactConn(tx, contact, event.conn)
  await setPeerVersions(tx, (await contactRow(tx, contact))!, element.message.v)
  await bind(tx, event.conn, 'contact', contact)
  await deleteInvitation(tx, id)
  await context.agent.allow(tx, event.conn, event.confirmation, profileInfo(identity.profile))
  context.notify(tx, { type: 'invitation-gone', invitation: id, contact })
  context.notify(tx, { type: 'contact', contact, change: 'added' })
}

/** The link is used up, and led nowhere. */
async function invitationFailed(context: ContactContext, tx: Tx, id: InvitationId, code: string): Promise<void> {
  await tx.run('UPDATE contact_invitations SET error = ? WHERE invitation = ?', code, id)
  context.notify(tx, { type: 'invitation', invitation: invitationView((await invitationRow(tx, id))!) })
}

export async function contactEvent(context: ContactContext, tx: Tx, id: ContactId, event: EventOfConn): Promise<void> {
  const row = await contactRow(tx, id)
  if (event.type === 'DELETED') {
    await unbind(tx, event.conn)
    if (row?.conn === event.conn) await setContactConn(tx, id, undefined)
    return
  }
  if (row === undefined || row.conn !== event.conn) return
  switch (event.type) {
    case 'CONF':
      return answered(context, tx, row, event)
    case 'INFO':
      return informed(context, tx, row, event.info)
    case 'CON':
      return connected(context, tx, row)
    case 'MSG':
      return receiveBody(context, tx, row, event)
    case 'SENT':
      return settle(context, tx, row, event.message, 'taken')
    case 'MERR':
      await settle(context, tx, row, event.message, 'failed')
      if (event.error.code === 'AUTH') await endContact(context, tx, row, 'gone')
      return
    case 'RSYNC':
      return renewed(context, tx, row, event)
    case 'ERR':
      if (event.operation === 'join' || event.operation === 'allow') {
        await failContact(context, tx, row, event.error.code)
      } else {
        context.env.log.info('contact.error', { contact: id, operation: event.operation, code: event.error.code })
      }
  }
}

/** Our request was accepted. */
async function answered(
  context: ContactContext,
  tx: Tx,
  row: ContactRow,
  event: Extract<AgentEvent, { type: 'CONF' }>,
): Promise<void> {
  const element = readConnInfo(event.info)
  const peer = element && toldProfile(element.message.event)
  if (element === undefined || peer === undefined) {
    await context.agent.remove(tx, event.conn)
    return failContact(context, tx, row, 'unexpected-answer')
  }
  await setPeerVersions(tx, row, element.message.v)
  await setPeerProfile(tx, row, peer)
  const identity = await identityOf(tx, row)
  await tx.run('UPDATE contacts SET profile_sent_at = ? WHERE contact = ?', identity.changedAt, row.contact)
  await context.agent.allow(tx, event.conn, event.confirmation, profileInfo(identity.profile))
  context.notify(tx, { type: 'contact', contact: row.contact, change: 'updated' })
}

async function informed(context: ContactContext, tx: Tx, row: ContactRow, info: Uint8Array): Promise<void> {
  const element = readConnInfo(info)
  if (element === undefined) return
  await setPeerVersions(tx, row, element.message.v)
  const peer = toldProfile(element.message.event)
  if (peer !== undefined && (await setPeerProfile(tx, row, peer))) {
    context.notify(tx, { type: 'contact', contact: row.contact, change: 'updated' })
  }
}

async function connected(context: ContactContext, tx: Tx, row: ContactRow): Promise<void> {
  if (row.status !== 'connecting') return
  await setContactStatus(tx, row.contact, 'active')
  await tx.run('UPDATE contacts SET active_at = ? WHERE contact = ?', context.env.clock.now(), row.contact)
  // What was said with the request has arrived with it.
  for (const message of await arrivedWithRequest(tx, row.contact)) {
    const delivery = deliveryOf('taken')
    context.notify(tx, { type: 'contact-message-state', contact: row.contact, message, delivery })
  }
  await tellProfile(context, tx, row)
  context.notify(tx, { type: 'contact', contact: row.contact, change: 'connected' })
}

/** What was compared before is not the security code any more (agent §9.2). */
async function renewed(
  context: ContactContext,
  tx: Tx,
  row: ContactRow,
  event: Extract<AgentEvent, { type: 'RSYNC' }>,
): Promise<void> {
  if (event.state === 'agreed') {
    await tx.run('UPDATE contacts SET verified_code = NULL, verified_at = NULL WHERE contact = ?', row.contact)
    context.notify(tx, { type: 'contact', contact: row.contact, change: 'updated' })
  }
  if (!event.renewed) return
  await tx.run('UPDATE contacts SET renewed_at = ? WHERE contact = ?', context.env.clock.now(), row.contact)
  await tellProfile(context, tx, (await contactRow(tx, row.contact))!)
  context.notify(tx, { type: 'contact', contact: row.contact, change: 'renewed' })
}

async function settle(
  context: ContactContext,
  tx: Tx,
  row: ContactRow,
  agentMessage: number,
  state: 'taken' | 'failed',
): Promise<void> {
  const message = await setSendState(tx, row.contact, agentMessage, state)
  if (message === undefined) return
  const delivery = deliveryOf(state)
  context.notify(tx, { type: 'contact-message-state', contact: row.contact, message, delivery })
}
