import type { ImplementerInternalWithMiddlewares } from '@orpc/server'
import type { ContactId, ContactMessageId, Contacts } from '../chat/contacts/api.ts'
import type { MsgContent } from '../chat/content.ts'
import { HearthError } from '../codec/error.ts'
import { contactMessageView, contactView, invitationView, personPreview } from './contact-views.ts'
import type { Contact, ContactMessage } from './contract/contacts.ts'
import type { contract } from './contract.ts'

type NoContext = Record<never, never>
type Implementer = Pick<
  ImplementerInternalWithMiddlewares<typeof contract, NoContext, NoContext>,
  'contacts' | 'contactMessages'
>

/** Carries out the part of the contract that speaks of contacts; `os` brings the treatment of errors. */
export function contactProcedures(os: Implementer, contacts: Contacts) {
  async function contactOf(id: ContactId): Promise<Contact> {
    const view = await contacts.get(id)
    if (view === undefined) throw new HearthError('usage', 'no-contact', 'there is no such contact')
    return contactView(view)
  }
  async function messageOf(id: ContactMessageId): Promise<ContactMessage> {
    const view = await contacts.message(id)
    if (view === undefined) throw new HearthError('usage', 'no-message', 'there is no such message')
    return contactMessageView(view)
  }
  const alone = (incognito: { readonly displayName: string } | undefined) =>
    incognito === undefined ? {} : { incognito: { ...incognito, fullName: '' } }

  const on = os.contacts
  const messages = os.contactMessages
  return {
    contacts: {
      list: on.list.handler(async () => (await contacts.list()).map(contactView)),
      get: on.get.handler(({ input }) => contactOf(input.contact)),
      invite: on.invite.handler(async ({ input: { profile, incognito } }) =>
        invitationView(await contacts.invite(profile, alone(incognito))),
      ),
      invitations: on.invitations.handler(async () => (await contacts.invitations()).map(invitationView)),
      removeInvitation: on.removeInvitation.handler(({ input }) => contacts.removeInvitation(input.invitation)),
      addresses: on.addresses.handler(() => contacts.addresses()),
      createAddress: on.createAddress.handler(({ input }) => contacts.createAddress(input.profile)),
      removeAddress: on.removeAddress.handler(({ input }) => contacts.removeAddress(input.profile)),
      preview: on.preview.handler(async ({ input }) => personPreview(await contacts.preview(input.link))),
      connect: on.connect.handler(async ({ input: { profile, link, text, incognito } }) =>
        contactOf(
          await contacts.connect(profile, link, { ...alone(incognito), ...(text === undefined ? {} : { text }) }),
        ),
      ),
      requests: on.requests.handler(() => contacts.requests()),
      accept: on.accept.handler(async ({ input }) => contactOf(await contacts.accept(input.request))),
      reject: on.reject.handler(({ input }) => contacts.reject(input.request)),
      flags: on.flags.handler(async ({ input: { contact, ...flags } }) => {
        await contacts.setFlags(contact, flags)
        return contactOf(contact)
      }),
      remove: on.remove.handler(({ input }) => contacts.remove(input.contact)),
      securityCode: on.securityCode.handler(({ input }) => contacts.securityCode(input.contact)),
      setVerified: on.setVerified.handler(async ({ input }) => {
        await contacts.setVerified(input.contact, input.verified)
        return contactOf(input.contact)
      }),
    },
    contactMessages: {
      list: messages.list.handler(async ({ input: { contact, ...page } }) =>
        (await contacts.messages(contact, page)).map(contactMessageView),
      ),
      get: messages.get.handler(({ input }) => messageOf(input.message)),
      send: messages.send.handler(async ({ input: { contact, image, ...said } }) => {
        const picture: MsgContent | undefined =
          image === undefined ? undefined : { type: 'image', text: said.text, image }
        return messageOf(await contacts.send(contact, { ...said, ...(picture && { content: picture }) }))
      }),
      edit: messages.edit.handler(({ input }) => contacts.edit(input.contact, input.message, input.text)),
      delete: messages.delete.handler(({ input }) => contacts.deleteMessage(input.contact, input.message)),
      react: messages.react.handler(({ input }) =>
        contacts.react(input.contact, input.message, input.emoji, input.add),
      ),
      markRead: messages.markRead.handler(({ input }) => contacts.markRead(input.contact, input.message)),
    },
  }
}
