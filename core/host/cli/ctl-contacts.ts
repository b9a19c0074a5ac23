import { Command } from 'commander'
import type { Contact, ContactChange, ContactMessage } from '../contract/contacts.ts'
import { lazily } from './lazily.ts'
import { count } from './options.ts'

export function contactVerbs(): Command[] {
  return [
    new Command('contacts').description('people to talk with, and who asks to').action(
      lazily(async ({ api, print }) => {
        for (const contact of await api.contacts.list({})) print(contact, describeContact)
        for (const request of await api.contacts.requests({})) {
          print(request, ({ id, displayName, text }) => `request ${id}  ${displayName}${text ? `: ${text}` : ''}`)
        }
      }),
    ),
    new Command('invite')
      .description('make a link that connects one person')
      .option('--profile <profile>', 'as whom', count)
      .action(
        lazily(async (session, flags: { profile?: number }) => {
          const invitation = await session.api.contacts.invite({ profile: await session.profile(flags.profile) })
          session.print(invitation, ({ link }) => link)
        }),
      ),
    new Command('address')
      .description('the address where people ask to talk')
      .option('--profile <profile>', 'whose', count)
      .action(
        lazily(async (session, flags: { profile?: number }) => {
          const address = await session.api.contacts.createAddress({ profile: await session.profile(flags.profile) })
          session.print(address, ({ link }) => link)
        }),
      ),
    new Command('connect')
      .description('talk with the person behind a link')
      .argument('<link>')
      .option('--profile <profile>', 'as whom', count)
      .option('--text <text>', 'said with the request')
      .action(
        lazily(async (session, link: string, flags: { profile?: number; text?: string }) => {
          const { text } = flags
          const profile = await session.profile(flags.profile)
          const contact = await session.api.contacts.connect({ profile, link, ...(text === undefined ? {} : { text }) })
          session.print(contact, describeContact)
        }),
      ),
    new Command('accept-contact')
      .description('answer somebody who asks')
      .argument('<request>', '', count)
      .action(
        lazily(async ({ api, print }, request: number) => {
          print(await api.contacts.accept({ request }), describeContact)
        }),
      ),
    new Command('send-to')
      .description('write to a contact')
      .argument('<contact>', '', count)
      .argument('<text>')
      .action(
        lazily(async ({ api, print }, contact: number, text: string) => {
          print(await api.contactMessages.send({ contact, text }), describeContactMessage)
        }),
      ),
    new Command('talk')
      .description('the newest messages of a contact')
      .argument('<contact>', '', count)
      .option('--limit <number>', 'how many', count, 50)
      .action(
        lazily(async ({ api, print }, contact: number, { limit }: { limit: number }) => {
          for (const message of await api.contactMessages.list({ contact, limit })) {
            print(message, describeContactMessage)
          }
        }),
      ),
  ]
}

function describeContact({ id, displayName, status, unread, error }: Contact): string {
  const problem = error === undefined ? '' : `, ${error}`
  return `${id}  ${displayName || '(not known yet)'}  (${status}${problem})  ${unread} unread`
}

function describeContactMessage({ id, time, sent, text, delivery, editedAt, deletedAt }: ContactMessage): string {
  const body = deletedAt === undefined ? `${text}${editedAt === undefined ? '' : ' (edited)'}` : '(deleted)'
  const at = new Date(time).toISOString().slice(0, 19).replace('T', ' ')
  return `${at}  #${id}  ${sent ? 'you' : 'they'}: ${body}${delivery === undefined ? '' : `  [${stateOf(delivery)}]`}`
}

function stateOf({ taken, failed }: { readonly taken: number; readonly failed: number }): string {
  return taken > 0 ? 'sent' : failed > 0 ? 'not delivered' : 'waiting'
}

export function describeContactChange(change: ContactChange): string {
  switch (change.type) {
    case 'contact':
      return `contact ${change.id} ${change.contact?.displayName ?? ''}: ${change.change === 'renewed' ? 'encryption was renewed' : change.change}`
    case 'contact-message':
      return change.message === undefined
        ? `contact message #${change.id} is gone`
        : describeContactMessage(change.message)
    case 'contact-message-state':
      return `contact message #${change.message}: ${stateOf(change.delivery)}`
    case 'contact-request':
      return `${change.request.displayName} asks to talk: request ${change.request.id}`
    case 'contact-request-gone':
      return `request ${change.request} to talk is answered`
    case 'invitation':
      return `invitation ${change.invitation.id} is there`
    case 'invitation-gone':
      return `invitation ${change.invitation} is used or gone`
    case 'contact-address':
      return `profile ${change.profile} has ${change.address === undefined ? 'no' : 'an'} address`
  }
}

const CONTACT_CHANGES: ReadonlySet<string> = new Set<ContactChange['type']>([
  'contact',
  'contact-message',
  'contact-message-state',
  'contact-request',
  'contact-request-gone',
  'invitation',
  'invitation-gone',
  'contact-address',
])

export function isContactChange(change: { readonly type: string }): change is ContactChange {
  return CONTACT_CHANGES.has(change.type)
}
