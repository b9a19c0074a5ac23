import type {
  ContactEvent,
  ContactMessageView,
  ContactPreview,
  Contacts,
  ContactView,
  InvitationView,
} from '../chat/contacts/api.ts'
import { msgContent } from '../chat/content.ts'
import type { JsonObject } from '../chat/json.ts'
import type {
  Contact,
  ContactChange,
  ContactMessage,
  ContactsSnapshot,
  Invitation,
  PersonPreview,
} from './contract/contacts.ts'

/** What the API answers about contacts. */

export function contactView({ lastMessage, incognito, ...rest }: ContactView): Contact {
  return {
    ...rest,
    lastMessage: lastMessage && contactMessageView(lastMessage),
    incognito: incognito?.displayName,
  }
}

export function contactMessageView(view: ContactMessageView): ContactMessage {
  const { content, quote, reactions, ...rest } = view
  return {
    ...rest,
    content: msgContent.encode(content) as JsonObject,
    quote: quote && { message: quote.message, text: quote.content.text, sent: quote.sent },
    reactions: reactions.map(({ reaction, count, own }) => ({
      emoji: reaction.type === 'emoji' ? reaction.emoji : '',
      count,
      own,
    })),
  }
}

export function invitationView({ incognito, ...rest }: InvitationView): Invitation {
  return { ...rest, incognito: incognito?.displayName }
}

export function personPreview({ profile, ...rest }: ContactPreview): PersonPreview {
  return {
    ...rest,
    displayName: profile?.displayName ?? '',
    fullName: profile?.fullName ?? '',
    description: profile?.shortDescr ?? profile?.description,
    image: profile?.image,
  }
}

export async function contactsSnapshot(contacts: Contacts): Promise<ContactsSnapshot> {
  return {
    contacts: (await contacts.list()).map(contactView),
    contactRequests: await contacts.requests(),
    invitations: (await contacts.invitations()).map(invitationView),
    addresses: await contacts.addresses(),
  }
}

/** With the state of what it speaks of at the time of reading. */
export async function contactChange(event: ContactEvent, contacts: Contacts): Promise<ContactChange> {
  switch (event.type) {
    case 'contact': {
      const view = await contacts.get(event.contact)
      return { type: 'contact', id: event.contact, change: event.change, contact: view && contactView(view) }
    }
    case 'contact-message': {
      const view = await contacts.message(event.message)
      return {
        type: 'contact-message',
        contact: event.contact,
        id: event.message,
        change: event.change,
        message: view && contactMessageView(view),
      }
    }
    case 'invitation':
      return { type: 'invitation', invitation: invitationView(event.invitation) }
    case 'contact-message-state':
    case 'contact-request':
    case 'contact-request-gone':
    case 'invitation-gone':
    case 'contact-address':
      return event
  }
}
