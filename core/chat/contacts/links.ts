import type { LinkContent } from '../../agent/api.ts'
import { type Link, parseLink } from '../../agent/links/parse-link.ts'
import { sameShortLink } from '../../agent/links/short-link.ts'
import { equal } from '../../codec/bytes.ts'
import { HearthError, unlessMalformed } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import {
  type ContactLinkData,
  decodeAsked,
  decodeContactLinkData,
  encodeContactLinkData,
  groupLinkIdOf,
} from '../link-data.ts'
import type { Profile } from '../profile.ts'
import { ownProfiles } from '../state/profiles.ts'
import type { ContactId, ContactPreview } from './api.ts'
import type { ContactContext } from './context.ts'
import { contactRows } from './state/contacts.ts'
import { invitationRows } from './state/waiting.ts'

/** Links of people: what they say, whose they are, where they have led (chat §3.7). */

export interface PersonLink {
  readonly link: string
  readonly kind: ContactPreview['kind']
  /** For `Agent.join`. */
  readonly target: string
  readonly data: ContactLinkData | undefined
}

type Parsed = Exclude<Link, { form: 'name' }>

/** Errors: usage `link`, `group-link`, `super-peer-link`. */
function parsePersonLink(text: string): { readonly parsed: Parsed; readonly kind: ContactPreview['kind'] } {
  const parsed = parsedLink(text)
  if (parsed === undefined || parsed.form === 'name') throw wrong('link', 'this is not a link of a person')
  if (parsed.form === 'full') {
    const { mode, clientData } = parsed.request
    if (groupLinkIdOf(clientData) !== undefined) throw wrong('group-link', 'this is the link of a group')
    return { parsed, kind: mode === 'contact' ? 'address' : 'invitation' }
  }
  const { type } = parsed.link
  if (type === 'r') throw wrong('super-peer-link', 'this is the address of a super-peer')
  if (type === 'c' || type === 'g') throw wrong('group-link', 'this is the link of a group')
  return { parsed, kind: type === 'a' ? 'address' : 'invitation' }
}

function parsedLink(text: string): Link | undefined {
  return unlessMalformed(() => parseLink(text))
}

function wrong(code: string, message: string): HearthError {
  return new HearthError('usage', code, message)
}

function sameLink(a: Parsed, text: string): boolean {
  const b = parsedLink(text)
  if (a.form === 'short') return b?.form === 'short' && sameShortLink(a.link, b.link)
  return b?.form === 'full' && equal(a.request.queues[0].senderId, b.request.queues[0].senderId)
}

export interface KnownLink {
  readonly own: boolean
  readonly contact: ContactId | undefined
}

/** Asked before the link is read: reading an own one-time link would use it up. */
export async function knownLink(context: ContactContext, tx: Tx, text: string): Promise<KnownLink> {
  const { parsed } = parsePersonLink(text)
  for (const { link, full_link: full } of await invitationRows(tx)) {
    if (sameLink(parsed, link) || sameLink(parsed, full)) return { own: true, contact: undefined }
  }
  for (const { addressConn } of await ownProfiles(tx)) {
    const links = addressConn === undefined ? undefined : await context.agent.linksOf(tx, addressConn)
    if (links === undefined) continue
    if (sameLink(parsed, links.full) || (links.short !== undefined && sameLink(parsed, links.short))) {
      return { own: true, contact: undefined }
    }
  }
  const came = (await contactRows(tx)).find(
    ({ link, status }) => link !== null && status !== 'failed' && status !== 'ended' && sameLink(parsed, link),
  )
  return { own: false, contact: came?.contact }
}

/** Errors: usage `business`, protocol `link`, `link-used`, those of `parsePersonLink` and of `Agent.readLink`. */
export async function readPersonLink(context: ContactContext, text: string): Promise<PersonLink> {
  const { parsed, kind } = parsePersonLink(text)
  if (parsed.form === 'full') return { link: text.trim(), kind, target: text.trim(), data: undefined }
  const content = await readLink(context, text.trim())
  const data = dataOf(content)
  if (data?.business === true) throw wrong('business', 'this address answers with a group of its own')
  return { link: content.link, kind, target: content.fullLink, data }
}

async function readLink(context: ContactContext, link: string): Promise<LinkContent> {
  try {
    return await context.agent.readLink(link)
  } catch (error) {
    // Used by somebody, withdrawn, or never there: the router does not say which.
    if (error instanceof HearthError && error.kind === 'router' && error.code === 'AUTH') {
      throw new HearthError('protocol', 'link-used', 'the link does not work any more', false, { cause: error })
    }
    throw error
  }
}

/** A one-time link may come without data. */
function dataOf(content: LinkContent): ContactLinkData | undefined {
  if (content.userData.length === 0) return undefined
  return decodeAsked(() => decodeContactLinkData(content.userData))
}

/** What own links say of who made them. */
export function ownLinkData(profile: Profile): Uint8Array {
  return encodeContactLinkData({ profile, business: false })
}

export async function previewLink(context: ContactContext, text: string): Promise<ContactPreview> {
  const known = await context.store.read((tx) => knownLink(context, tx, text))
  if (known.own || known.contact !== undefined) {
    const { kind } = parsePersonLink(text)
    return { link: text.trim(), kind, profile: undefined, text: undefined, ...known }
  }
  const { link, kind, data } = await readPersonLink(context, text)
  return { link, kind, profile: data?.profile, text: data?.message?.text, ...known }
}
