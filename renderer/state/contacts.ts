import { create } from 'zustand'
import type {
  AddressView,
  Contact,
  ContactRequestView,
  ContactsSnapshot,
  Invitation,
} from '../../core/host/contract/contacts.ts'
import type { Change } from '../../core/host/contract/types.ts'

/** People to talk with, and what leads to them, as the host has committed it. */
export interface ContactsState {
  /** False until the first snapshot. */
  readonly loaded: boolean
  readonly contacts: ReadonlyMap<number, Contact>
  /** Who asks through an own address, oldest first. */
  readonly requests: readonly ContactRequestView[]
  /** Own one-time links that nobody has used. */
  readonly invitations: readonly Invitation[]
  /** Whom a link has led to, of those used while this window was open. */
  readonly used: ReadonlyMap<number, number>
  readonly addresses: readonly AddressView[]
}

export const useContacts = create<ContactsState>(() => ({
  loaded: false,
  contacts: new Map(),
  requests: [],
  invitations: [],
  used: new Map(),
  addresses: [],
}))

export function applyContactsSnapshot(snapshot: ContactsSnapshot): void {
  useContacts.setState({
    loaded: true,
    contacts: new Map(snapshot.contacts.map((contact) => [contact.id, contact])),
    requests: snapshot.contactRequests,
    invitations: snapshot.invitations,
    addresses: snapshot.addresses,
  })
}

/** A contact as it was just read or answered. */
export function applyContact(contact: Contact): void {
  useContacts.setState((state) => ({ contacts: new Map(state.contacts).set(contact.id, contact) }))
}

/** As answered to the call that made it: the change comes by itself, perhaps later. */
export function applyInvitation(invitation: Invitation): void {
  useContacts.setState((state) => ({ invitations: withItem(state.invitations, invitation) }))
}

export function applyContactChange(change: Change): void {
  useContacts.setState((state) => reduce(state, change))
}

function reduce(state: ContactsState, change: Change): Partial<ContactsState> {
  switch (change.type) {
    case 'contact': {
      const contacts = new Map(state.contacts)
      if (change.contact === undefined) contacts.delete(change.id)
      else contacts.set(change.id, change.contact)
      return { contacts }
    }
    case 'contact-request':
      return { requests: withItem(state.requests, change.request) }
    case 'contact-request-gone':
      return { requests: state.requests.filter(({ id }) => id !== change.request) }
    case 'invitation':
      return { invitations: withItem(state.invitations, change.invitation) }
    case 'invitation-gone': {
      const invitations = state.invitations.filter(({ id }) => id !== change.invitation)
      const { contact, invitation } = change
      return contact === undefined
        ? { invitations }
        : { invitations, used: new Map(state.used).set(invitation, contact) }
    }
    case 'contact-address': {
      const others = state.addresses.filter(({ profile }) => profile !== change.profile)
      return { addresses: change.address === undefined ? others : [...others, change.address] }
    }
    default:
      return {}
  }
}

function withItem<T extends { readonly id: number }>(list: readonly T[], item: T): readonly T[] {
  return list.some(({ id }) => id === item.id)
    ? list.map((other) => (other.id === item.id ? item : other))
    : [...list, item]
}
