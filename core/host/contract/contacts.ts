import { type } from '@orpc/contract'
import { z } from 'zod'
import type {
  AddressView,
  ContactId,
  ContactMessageId,
  ContactMessageView,
  ContactPreview,
  ContactRequestId,
  ContactRequestView,
  ContactView,
  InvitationId,
  InvitationView,
  SecurityCode,
} from '../../chat/contacts/api.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { ProfileId } from '../../chat/state/profiles.ts'
import type { DeliveryView } from '../../chat/state/shown.ts'
import { api, none } from './base.ts'

/** Conversations of two: contacts, what leads to them, their messages. */

export type { AddressView, ContactRequestView, SecurityCode }

export type Contact = Omit<ContactView, 'lastMessage' | 'incognito'> & {
  readonly lastMessage: ContactMessage | undefined
  /** The name that this contact alone knows us by. */
  readonly incognito: string | undefined
}

/** `content` is the network's JSON (chat §2.5). */
export type ContactMessage = Omit<ContactMessageView, 'content' | 'quote' | 'reactions'> & {
  readonly content: JsonObject
  readonly quote:
    | { readonly message: ContactMessageId | undefined; readonly text: string; readonly sent: boolean }
    | undefined
  readonly reactions: readonly { readonly emoji: string; readonly count: number; readonly own: boolean }[]
}

export type Invitation = Omit<InvitationView, 'incognito'> & { readonly incognito: string | undefined }

/** Who is behind a link of a person; names are empty where the link does not say. */
export type PersonPreview = Omit<ContactPreview, 'profile'> & {
  readonly displayName: string
  readonly fullName: string
  readonly description: string | undefined
  readonly image: string | undefined
}

/** The part of the snapshot. */
export interface ContactsSnapshot {
  readonly contacts: readonly Contact[]
  readonly contactRequests: readonly ContactRequestView[]
  readonly invitations: readonly Invitation[]
  readonly addresses: readonly AddressView[]
}

export type ContactChange =
  | {
      readonly type: 'contact'
      readonly id: ContactId
      readonly change: 'added' | 'connected' | 'updated' | 'renewed' | 'ended' | 'failed' | 'removed'
      /** Undefined once it is removed. */
      readonly contact: Contact | undefined
    }
  | {
      readonly type: 'contact-message'
      readonly contact: ContactId
      readonly id: ContactMessageId
      readonly change: 'added' | 'updated' | 'deleted'
      readonly message: ContactMessage | undefined
    }
  | {
      readonly type: 'contact-message-state'
      readonly contact: ContactId
      readonly message: ContactMessageId
      readonly delivery: DeliveryView
    }
  | { readonly type: 'contact-request'; readonly request: ContactRequestView }
  | { readonly type: 'contact-request-gone'; readonly request: ContactRequestId }
  | { readonly type: 'invitation'; readonly invitation: Invitation }
  /** Withdrawn, or used: then by whom. */
  | { readonly type: 'invitation-gone'; readonly invitation: InvitationId; readonly contact?: ContactId }
  | { readonly type: 'contact-address'; readonly profile: ProfileId; readonly address: AddressView | undefined }

const id = z.number().int().positive()
const name = z.string().trim().min(1).max(100)
const text = z.string().max(16_000)
const image = z.string().max(16_000).startsWith('data:')
const link = z.string().trim().min(1).max(8192)
const incognito = z.object({ displayName: name })
const ofContact = z.object({ contact: id })
const withMessage = z.object({ contact: id, message: id })

export const contactsContract = {
  list: api.input(none).output(type<readonly Contact[]>()),
  get: api.input(ofContact).output(type<Contact>()),
  /** Makes a one-time link. */
  invite: api.input(z.object({ profile: id, incognito: incognito.exactOptional() })).output(type<Invitation>()),
  invitations: api.input(none).output(type<readonly Invitation[]>()),
  /** The link stops working. */
  removeInvitation: api.input(z.object({ invitation: id })).output(type<void>()),
  addresses: api.input(none).output(type<readonly AddressView[]>()),
  /** The one that is there, or a new one. */
  createAddress: api.input(z.object({ profile: id })).output(type<AddressView>()),
  /** The address stops working; requests that wait are rejected. */
  removeAddress: api.input(z.object({ profile: id })).output(type<void>()),
  /** Reads a link without connecting. A one-time link is for this host alone from then on. */
  preview: api.input(z.object({ link })).output(type<PersonPreview>()),
  connect: api
    .input(
      z.object({
        profile: id,
        link,
        /** Said with a request to an address. */
        text: text.exactOptional(),
        incognito: incognito.exactOptional(),
      }),
    )
    .output(type<Contact>()),
  requests: api.input(none).output(type<readonly ContactRequestView[]>()),
  accept: api.input(z.object({ request: id })).output(type<Contact>()),
  /** The other side hears nothing. */
  reject: api.input(z.object({ request: id })).output(type<void>()),
  flags: api
    .input(
      z.object({
        contact: id,
        muted: z.boolean().exactOptional(),
        pinned: z.boolean().exactOptional(),
        archived: z.boolean().exactOptional(),
      }),
    )
    .output(type<Contact>()),
  /** Says goodbye, ends the connection and drops the conversation. */
  remove: api.input(ofContact).output(type<void>()),
  securityCode: api.input(ofContact).output(type<SecurityCode>()),
  /** The codes were compared, and are the same; or that no longer counts. */
  setVerified: api.input(ofContact.extend({ verified: z.boolean() })).output(type<Contact>()),
}

export const contactMessagesContract = {
  /** In the order of the conversation, the newest of the page last. */
  list: api
    .input(
      z.object({
        contact: id,
        before: id.exactOptional(),
        after: id.exactOptional(),
        limit: z.number().int().min(1).max(500).exactOptional(),
        search: z.string().max(200).exactOptional(),
      }),
    )
    .output(type<readonly ContactMessage[]>()),
  get: api.input(z.object({ message: id })).output(type<ContactMessage>()),
  send: api
    .input(
      z.object({
        contact: id,
        text,
        /** A small picture, inside the message itself. */
        image: image.exactOptional(),
        quote: id.exactOptional(),
      }),
    )
    .output(type<ContactMessage>()),
  edit: api.input(withMessage.extend({ text })).output(type<void>()),
  delete: api.input(withMessage).output(type<void>()),
  react: api.input(withMessage.extend({ emoji: z.string().min(1).max(32), add: z.boolean() })).output(type<void>()),
  markRead: api.input(withMessage).output(type<void>()),
}
