import type { AgentEvent } from '../../agent/api.ts'
import { equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import type { Worker } from '../../env/worker.ts'
import type { Tx } from '../../store/database.ts'
import { digitGroups } from '../safety-code.ts'
import { bindingOf } from '../state/bindings.ts'
import { ownProfile, type ProfileId } from '../state/profiles.ts'
import type { Flags } from '../state/shown.ts'
import type { ContactId, ContactMessageId, Contacts, ContactsDeps, SecurityCode } from './api.ts'
import { acceptRequest, connectByLink, rejectRequest } from './connect.ts'
import type { ContactContext } from './context.ts'
import { deleteMessage, editMessage, react, sendMessage } from './conversation.ts'
import { dropWaiting, failContact } from './ending.ts'
import { beginCountdown, createExpiry } from './expiry.ts'
import { addressEvent, contactEvent, invitationEvent } from './incoming.ts'
import {
  addressesOf,
  createAddress,
  createInvitation,
  removeAddress,
  removeInvitation,
  updateAddressData,
} from './invite.ts'
import { previewLink } from './links.ts'
import { sendIfPossible, tellProfile } from './sending.ts'
import { contactRows, requireContact } from './state/contacts.ts'
import { invitationRows, invitationView, requestRows, requestView } from './state/waiting.ts'
import { contactMessageView, contactMessageViews, contactView, contactViews } from './views.ts'

/**
 * Everything that needs the network again after a restart lies with the agent, in the same transaction: of its own
 * this module takes up only the time of messages that disappear.
 */
export function createContacts(deps: ContactsDeps): Contacts {
  const { env, store, agent } = deps
  const context: ContactContext = {
    env,
    store,
    agent,
    notify: (tx, event) => tx.afterCommit(() => deps.notify(event)),
  }
  const expiry = createExpiry(context)
  const write = <T>(work: (tx: Tx) => Promise<T>) => store.write(work)
  const read = <T>(work: (tx: Tx) => Promise<T>) => store.read(work)

  return {
    start: async () => expiry.start(),
    stop: () => expiry.stop(),
    renew: (tx) => renew(context, tx),
    async handle(tx: Tx, event: AgentEvent) {
      if ('conns' in event) return undefined
      const binding = await bindingOf(tx, event.conn)
      if (binding?.kind === 'contact') await contactEvent(context, tx, binding.reference, event)
      if (binding?.kind === 'contact-invitation') await invitationEvent(context, tx, binding.reference, event)
      if (binding?.kind === 'contact-address') await addressEvent(context, tx, binding.reference, event)
      return undefined
    },

    invite: (profile, options) => createInvitation(context, profile, options),
    invitations: () => read(async (tx) => (await invitationRows(tx)).map(invitationView)),
    removeInvitation: (invitation) => write((tx) => removeInvitation(context, tx, invitation)),
    createAddress: (profile) => createAddress(context, profile),
    addresses: () => read(addressesOf),
    removeAddress: (profile) => write((tx) => removeAddress(context, tx, profile)),

    preview: (link) => previewLink(context, link),
    connect: (profile, link, options) => connectByLink(context, profile, link, options),
    requests: () => read(async (tx) => (await requestRows(tx)).map(requestView)),
    accept: (request) => write((tx) => acceptRequest(context, tx, request)),
    reject: (request) => write((tx) => rejectRequest(context, tx, request)),
    profileChanged: (tx, profile) => profileChanged(context, tx, profile),

    send: (contact, outgoing) => write((tx) => sendMessage(context, tx, contact, outgoing)),
    edit: (contact, message, text) => write((tx) => editMessage(context, tx, contact, message, text)),
    deleteMessage: (contact, message) => write((tx) => deleteMessage(context, tx, contact, message)),
    react: (contact, message, emoji, add) => write((tx) => react(context, tx, contact, message, emoji, add)),
    markRead: (contact, message) => write((tx) => markRead(context, tx, expiry, contact, message)),
    setFlags: (contact, flags) => write((tx) => setFlags(context, tx, contact, flags)),
    remove: (contact) => write((tx) => removeContact(context, tx, contact)),

    securityCode: (contact) => read((tx) => securityCode(context, tx, contact)),
    setVerified: (contact, verified) => write((tx) => setVerified(context, tx, contact, verified)),

    list: () => read(contactViews),
    get: (contact) => read((tx) => contactView(tx, contact)),
    messages: (contact, page) => read((tx) => contactMessageViews(tx, contact, page)),
    message: (message) => read((tx) => contactMessageView(tx, message)),
  }
}

async function profileChanged(context: ContactContext, tx: Tx, profile: ProfileId): Promise<void> {
  const own = await ownProfile(tx, profile)
  if (own === undefined || own.superPeer) return
  if (own.addressConn !== undefined) await updateAddressData(context, tx, own.addressConn, own.profile)
  for (const row of await contactRows(tx)) {
    if (row.profile !== profile || row.own_profile !== null || row.status !== 'active' || row.conn === null) continue
    await tellProfile(context, tx, row)
  }
}

async function renew(context: ContactContext, tx: Tx): Promise<void> {
  for (const row of await contactRows(tx)) {
    if (row.status === 'connecting') await failContact(context, tx, row, 'restored')
    else await dropWaiting(context, tx, row)
  }
}

async function markRead(
  context: ContactContext,
  tx: Tx,
  expiry: Worker,
  contact: ContactId,
  message: ContactMessageId,
): Promise<void> {
  await tx.run('UPDATE contacts SET read_message = max(read_message, ?) WHERE contact = ?', message, contact)
  if (await beginCountdown(tx, contact, message, context.env.clock.now())) tx.afterCommit(() => expiry.wake())
  context.notify(tx, { type: 'contact', contact, change: 'updated' })
}

async function setFlags(context: ContactContext, tx: Tx, contact: ContactId, flags: Partial<Flags>): Promise<void> {
  for (const name of ['muted', 'pinned', 'archived'] as const) {
    const value = flags[name]
    if (value === undefined) continue
    await tx.run(`UPDATE contacts SET ${name} = ? WHERE contact = ?`, value ? 1 : 0, contact)
  }
  context.notify(tx, { type: 'contact', contact, change: 'updated' })
}

async function removeContact(context: ContactContext, tx: Tx, contact: ContactId): Promise<void> {
  const row = await requireContact(tx, contact)
  if (row.conn !== null) {
    const leaves = row.status === 'active'
    if (leaves) await sendIfPossible(context, tx, row, { type: 'x.direct.del', params: {} })
    await context.agent.remove(tx, row.conn, { afterDelivery: leaves })
  }
  await tx.run('DELETE FROM contacts WHERE contact = ?', contact)
  context.notify(tx, { type: 'contact', contact, change: 'removed' })
}

async function codeOf(context: ContactContext, tx: Tx, contact: ContactId) {
  const row = await requireContact(tx, contact)
  const code = row.conn === null ? undefined : await context.agent.securityCode(tx, row.conn)
  if (code === undefined) throw new HearthError('usage', 'not-active', 'the contact is not connected')
  return { row, code }
}

async function securityCode(context: ContactContext, tx: Tx, contact: ContactId): Promise<SecurityCode> {
  const { row, code } = await codeOf(context, tx, contact)
  // What was compared counts only while it is the code.
  const verified = row.verified_code !== null && equal(row.verified_code, code)
  return { code: digitGroups(code), verifiedAt: verified ? (row.verified_at ?? undefined) : undefined }
}

async function setVerified(context: ContactContext, tx: Tx, contact: ContactId, verified: boolean): Promise<void> {
  const { code } = await codeOf(context, tx, contact)
  await tx.run(
    'UPDATE contacts SET verified_code = ?, verified_at = ? WHERE contact = ?',
    verified ? code : null,
    verified ? context.env.clock.now() : null,
    contact,
  )
  context.notify(tx, { type: 'contact', contact, change: 'updated' })
}
