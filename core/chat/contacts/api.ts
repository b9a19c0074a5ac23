import type { Agent, AgentEvent } from '../../agent/api.ts'
import type { Env } from '../../env/env.ts'
import type { Store, Tx } from '../../store/database.ts'
import type { ContactStatus } from '../../store/schema/contacts.ts'
import type { MsgContent } from '../content.ts'
import type { Profile } from '../profile.ts'
import type { Expiry } from '../state/expiry.ts'
import type { ProfileId } from '../state/profiles.ts'
import type { DeliveryView, Flags, MessagePage, ReactionView } from '../state/shown.ts'

/** Conversations of two: contacts and what leads to them (chat §2.2, §2.3). Everything here is plain data. */

/** Rows of contacts, contact_messages, contact_requests and contact_invitations. */
export type ContactId = number
export type ContactMessageId = number
export type ContactRequestId = number
export type InvitationId = number

export interface ContactsDeps {
  readonly env: Env
  readonly store: Store
  readonly agent: Agent
  /** Called after the commit of what it tells. */
  notify(event: ContactEvent): void
}

export interface Contacts {
  /** From now on messages that disappear are removed when they are due. */
  start(): Promise<void>
  stop(): Promise<void>
  /**
   * After the database came back from a backup, in the transaction that retired the agent's ratchets: what was under way
   * leads nowhere, and contacts can be written to once they have written themselves with new keys.
   */
  renew(tx: Tx): Promise<void>
  /** Events of connections whose binding is `contact`, `contact-invitation` or `contact-address`. */
  handle(tx: Tx, event: AgentEvent): Promise<undefined>

  /** Makes a one-time link. Errors: network and router errors of making its queue. */
  invite(profile: ProfileId, options?: InviteOptions): Promise<InvitationView>
  invitations(): Promise<InvitationView[]>
  /** The link stops working. */
  removeInvitation(invitation: InvitationId): Promise<void>

  /** The profile's contact address; made where there is none. Errors: as `invite`. */
  createAddress(profile: ProfileId): Promise<AddressView>
  addresses(): Promise<AddressView[]>
  /** The address stops working, and whoever still waits for an answer gets none. */
  removeAddress(profile: ProfileId): Promise<void>

  /**
   * Reads and verifies a link without connecting. A one-time link is ours from then on: nobody else can use it.
   * Errors: usage `link` where it is no link of a person, usage `group-link`, `super-peer-link` and `business`, protocol
   * `link`, protocol `link-used` where it is used up or withdrawn, and what else reading the link throws.
   */
  preview(link: string): Promise<ContactPreview>
  /** The same contact again where the link led to one already. Errors: as preview, usage `own-link`, usage `large`. */
  connect(profile: ProfileId, link: string, options?: ConnectOptions): Promise<ContactId>

  requests(): Promise<ContactRequestView[]>
  /** Errors: usage `no-request`. */
  accept(request: ContactRequestId): Promise<ContactId>
  /** The other side hears nothing. */
  reject(request: ContactRequestId): Promise<void>

  /** Tells contacts and the address of a changed profile, in the transaction that changed it. */
  profileChanged(tx: Tx, profile: ProfileId): Promise<void>

  /** Errors: usage `not-active`, usage `large`. */
  send(contact: ContactId, outgoing: DirectMessage): Promise<ContactMessageId>
  edit(contact: ContactId, message: ContactMessageId, text: string): Promise<void>
  deleteMessage(contact: ContactId, message: ContactMessageId): Promise<void>
  react(contact: ContactId, message: ContactMessageId, emoji: string, add: boolean): Promise<void>
  /** Everything up to this message is read. */
  markRead(contact: ContactId, message: ContactMessageId): Promise<void>
  setFlags(contact: ContactId, flags: Partial<Flags>): Promise<void>
  /** Says goodbye, ends the connection and drops everything kept. */
  remove(contact: ContactId): Promise<void>

  /** Errors: usage `no-contact`, usage `not-active` before the keys are agreed. */
  securityCode(contact: ContactId): Promise<SecurityCode>
  /** The codes were compared, and are the same; or that no longer counts. */
  setVerified(contact: ContactId, verified: boolean): Promise<void>

  list(): Promise<ContactView[]>
  get(contact: ContactId): Promise<ContactView | undefined>
  messages(contact: ContactId, page?: MessagePage): Promise<ContactMessageView[]>
  message(message: ContactMessageId): Promise<ContactMessageView | undefined>
}

export interface InviteOptions {
  /** A profile for this contact alone. */
  readonly incognito?: Profile
}

export interface ConnectOptions extends InviteOptions {
  /** Said with the request; only addresses take one. */
  readonly text?: string
}

export interface DirectMessage {
  readonly text: string
  /** Any other content; `text` is then its text. */
  readonly content?: MsgContent
  readonly quote?: ContactMessageId
}

export interface ContactView {
  readonly id: ContactId
  /** Who we are towards them. */
  readonly profile: ProfileId
  readonly status: ContactStatus
  /** Empty while nothing is known. */
  readonly displayName: string
  readonly fullName: string
  readonly description: string | undefined
  readonly image: string | undefined
  readonly mayWrite: boolean
  readonly unread: number
  readonly readMessage: ContactMessageId
  readonly lastMessage: ContactMessageView | undefined
  readonly flags: Flags
  readonly incognito: Profile | undefined
  /** When the security codes were compared and found equal. */
  readonly verifiedAt: number | undefined
  /** When the encryption was renewed: the security code is another since. */
  readonly renewedAt: number | undefined
  readonly error: string | undefined
  readonly createdAt: number
  readonly activeAt: number
}

export interface ContactMessageView {
  readonly id: ContactMessageId
  readonly contact: ContactId
  /** base64url. */
  readonly sharedMsgId: string
  readonly sent: boolean
  readonly content: MsgContent
  readonly text: string
  readonly quote:
    | { readonly message: ContactMessageId | undefined; readonly content: MsgContent; readonly sent: boolean }
    | undefined
  readonly time: number
  readonly receivedAt: number
  readonly editedAt: number | undefined
  readonly disappears: Expiry | undefined
  readonly deletedAt: number | undefined
  readonly reactions: readonly ReactionView[]
  /** Of own messages. */
  readonly delivery: DeliveryView | undefined
}

export interface InvitationView {
  readonly id: InvitationId
  readonly profile: ProfileId
  readonly link: string
  readonly incognito: Profile | undefined
  readonly error: string | undefined
  readonly createdAt: number
}

export interface AddressView {
  readonly profile: ProfileId
  readonly link: string
}

export interface ContactPreview {
  readonly link: string
  readonly kind: 'invitation' | 'address'
  /** A full link says nothing of who made it. */
  readonly profile: Profile | undefined
  /** What its owner says to everybody who comes. */
  readonly text: string | undefined
  /** It is ours. */
  readonly own: boolean
  /** Where it has led already. */
  readonly contact: ContactId | undefined
}

export interface ContactRequestView {
  readonly id: ContactRequestId
  /** Whose address was asked. */
  readonly profile: ProfileId
  readonly displayName: string
  readonly fullName: string
  readonly description: string | undefined
  readonly image: string | undefined
  /** What they said with it. */
  readonly text: string | undefined
  readonly createdAt: number
}

/** Equal on both sides, unless somebody stands between them (agent §3.2). */
export interface SecurityCode {
  /** Groups of five digits. */
  readonly code: string
  readonly verifiedAt: number | undefined
}

export type ContactEvent =
  | {
      readonly type: 'contact'
      readonly contact: ContactId
      readonly change: 'added' | 'connected' | 'updated' | 'renewed' | 'ended' | 'failed' | 'removed'
    }
  | {
      readonly type: 'contact-message'
      readonly contact: ContactId
      readonly message: ContactMessageId
      readonly change: 'added' | 'updated' | 'deleted'
    }
  | {
      readonly type: 'contact-message-state'
      readonly contact: ContactId
      readonly message: ContactMessageId
      readonly delivery: DeliveryView
    }
  | { readonly type: 'contact-request'; readonly request: ContactRequestView }
  | { readonly type: 'contact-request-gone'; readonly request: ContactRequestId }
  | { readonly type: 'invitation'; readonly invitation: InvitationView }
  /** Withdrawn, or used: then by whom. */
  | { readonly type: 'invitation-gone'; readonly invitation: InvitationId; readonly contact?: ContactId }
  | { readonly type: 'contact-address'; readonly profile: ProfileId; readonly address: AddressView | undefined }
