import { base64url, fromBase64url } from '../codec/base64url.ts'
import { HearthError } from '../codec/error.ts'
import { publicKeyOf } from '../crypto/keypair.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId, LinkUserData } from './api.ts'
import { addCommand, type CommandAction, finish } from './commands.ts'
import { type AgentContext, emit } from './context.ts'
import { AGENT_VERSIONS } from './links/full-link.ts'
import { type ContactUserData, encodeUserData, sealUserData, signLinkData } from './links/link-data.ts'
import { contactLinkKeys, invitationDataKey } from './links/link-keys.ts'
import { validateOwners } from './links/owners.ts'
import { type ContactLink, parseShortLink, restoreShortLink } from './links/short-link.ts'
import { loadRcvQueue, type QueueLink } from './records/queues.ts'

/** Link data of own invitations and addresses: sealing them, rewriting and deleting them (agent §2.9). */

const NONCE = 24

/** Errors: crypto `large`, protocol `A_LINK` where an owner is not authorised, codec where a relay is no link. */
export function sealContactData(context: AgentContext, link: QueueLink, data: LinkUserData): Uint8Array {
  validateOwners(publicKeyOf(link.rootKey), data.owners)
  const user: ContactUserData = {
    kind: 'contact',
    versions: AGENT_VERSIONS,
    direct: data.direct,
    owners: data.owners,
    relays: data.relays.map((relay) => parseRelay(context, relay)),
    data: data.userData,
  }
  const { dataKey } = contactLinkKeys(link.linkKey)
  return sealUserData(dataKey, signLinkData(link.rootKey, encodeUserData(user)), context.env.random(NONCE))
}

/** Of an invitation the user data alone are said: it has neither owners nor relays. */
function sealUserPart(context: AgentContext, link: QueueLink, data: LinkUserData): Uint8Array {
  if (link.type !== 'i') return sealContactData(context, link, data)
  if (data.owners.length > 0 || data.relays.length > 0) {
    throw new HearthError('usage', 'link', 'a one-time link has neither owners nor relays')
  }
  return sealInvitationData(context, link, data.userData)
}

export function sealInvitationData(
  context: AgentContext,
  link: Pick<QueueLink, 'linkKey' | 'rootKey'>,
  data: Uint8Array,
): Uint8Array {
  const user = encodeUserData({ kind: 'invitation', versions: AGENT_VERSIONS, data })
  return sealUserData(invitationDataKey(link.linkKey), signLinkData(link.rootKey, user), context.env.random(NONCE))
}

function parseRelay(context: AgentContext, text: string): ContactLink {
  const link = parseShortLink(text)
  if (link.type === 'i') throw new HearthError('usage', 'link', 'a one-time link cannot be listed')
  return restoreShortLink(link, context.settings.presets)
}

/** Arguments of the `link` operation. */
interface LinkArguments {
  readonly remove?: true
  readonly direct?: boolean
  readonly owners?: readonly { readonly id: string; readonly key: string; readonly signature: string }[]
  readonly relays?: readonly string[]
  readonly userData?: string
}

export async function setLinkData(context: AgentContext, tx: Tx, conn: ConnId, data: LinkUserData): Promise<number> {
  const queue = await loadRcvQueue(tx, conn)
  if (queue?.link === undefined) throw new HearthError('usage', 'no-link', 'this connection has no link data')
  sealUserPart(context, queue.link, data)
  const args: LinkArguments = {
    direct: data.direct,
    owners: data.owners.map(({ id, key, signature }) => ({
      id: base64url(id),
      key: base64url(key.raw),
      signature: base64url(signature),
    })),
    relays: data.relays,
    userData: base64url(data.userData),
  }
  return addCommand(context, tx, conn, 'link', { ...args })
}

export async function deleteLink(context: AgentContext, tx: Tx, conn: ConnId): Promise<void> {
  const args: LinkArguments = { remove: true }
  await addCommand(context, tx, conn, 'link', { ...args })
}

/** LSET or LDEL of an own address. */
export const writeLink: CommandAction = async (context, command) => {
  const { conn } = command
  const args = command.arguments as LinkArguments
  const { queue, router } = await context.store.read(async (tx) => {
    const queue = await loadRcvQueue(tx, conn)
    return { queue, router: queue && (await context.records.get(tx, queue.router)) }
  })
  const link = queue?.link
  if (queue === undefined || router === undefined || link === undefined) {
    throw new HearthError('usage', 'no-link', 'this connection has no link data')
  }
  const { recipientId, key } = queue
  if (args.remove) {
    await context.client.request(router, { entityId: recipientId, command: { type: 'LDEL' }, key })
    await context.store.write((tx) => finish(tx, command))
    return
  }
  const data: LinkUserData = {
    direct: args.direct ?? true,
    owners: (args.owners ?? []).map((owner) => ({
      id: fromBase64url(owner.id),
      key: { algorithm: 'Ed25519', raw: fromBase64url(owner.key) },
      signature: fromBase64url(owner.signature),
    })),
    relays: args.relays ?? [],
    userData: fromBase64url(args.userData ?? ''),
  }
  const user = sealUserPart(context, link, data)
  const set = { type: 'LSET', linkId: link.linkId, data: { fixed: link.encFixed, user } } as const
  await context.client.request(router, { entityId: recipientId, command: set, key })
  await context.store.write(async (tx) => {
    await finish(tx, command)
    await emit(context, tx, { type: 'LINK', conn, data, write: command.id })
  })
}
