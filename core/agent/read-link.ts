import { HearthError } from '../codec/error.ts'
import type { PrivateKey } from '../codec/keys.ts'
import { generateKeyPair, publicKeyOf } from '../crypto/keypair.ts'
import type { RouterAddress } from '../smp/address.ts'
import type { BrokerMessage } from '../smp/messages.ts'
import type { Tx } from '../store/database.ts'
import type { LinkContent } from './api.ts'
import type { AgentContext } from './context.ts'
import { formatConnectionRequest } from './links/full-link.ts'
import { readLinkData, type StoredLinkData } from './links/link-data.ts'
import { linkDataKeys } from './links/link-keys.ts'
import { parseLink } from './links/parse-link.ts'
import { formatShortLink, type InvitationLink, restoreShortLink, type ShortLink } from './links/short-link.ts'

/** Reads and verifies what is behind a short link (agent §2.8, §2.9). */
export async function readLink(context: AgentContext, text: string): Promise<LinkContent> {
  const parsed = parseLink(text)
  if (parsed.form !== 'short') throw new HearthError('usage', 'link', 'only short links have link data')
  const link = restoreShortLink(parsed.link, context.settings.presets)
  if (link.router.keyHash.length === 0) {
    throw new HearthError('usage', 'link', 'the link names a router without its fingerprint')
  }
  const stored = link.type === 'i' ? await readInvitation(context, link) : await readContact(context, link)
  const { fixed, user } = readLinkData(link, stored)
  return {
    link: formatShortLink(link),
    rootKey: fixed.rootKey,
    entityId: fixed.entityId,
    fullLink: formatConnectionRequest(fixed.request),
    clientData: fixed.request.clientData,
    direct: user.kind === 'invitation' || user.direct,
    owners: user.kind === 'contact' ? user.owners : [],
    relays: user.kind === 'contact' ? user.relays.map((relay) => formatShortLink(relay)) : [],
    userData: user.data,
  }
}

async function readContact(context: AgentContext, link: ShortLink): Promise<StoredLinkData> {
  const { linkId } = linkDataKeys(link)
  const answer = await context.client.request(link.router, { entityId: linkId, command: { type: 'LGET' } })
  return linkAnswer(answer)
}

/** LKEY secures the queue with a key that must be durable first: only that key can read the link again, or join. */
async function readInvitation(context: AgentContext, link: InvitationLink): Promise<StoredLinkData> {
  const key = await invitationKey(context, link)
  const answer = await context.client.request(link.router, {
    entityId: link.linkId,
    command: { type: 'LKEY', key: publicKeyOf(key) },
    key,
  })
  const stored = linkAnswer(answer)
  await context.store.write(async (tx) => {
    await tx.query
      .updateTable('invitation_links')
      .set({ snd_id: stored.senderId })
      .where('router', '=', await context.records.idOf(tx, link.router))
      .where('link_id', '=', link.linkId)
      .execute()
  })
  return stored
}

async function invitationKey(context: AgentContext, link: InvitationLink): Promise<PrivateKey<'Ed25519'>> {
  const { env, store, records } = context
  return store.write(async (tx) => {
    const router = await records.idOf(tx, link.router)
    const known = await tx.query
      .selectFrom('invitation_links')
      .select('snd_key')
      .where('router', '=', router)
      .where('link_id', '=', link.linkId)
      .executeTakeFirst()
    if (known !== undefined) return { algorithm: 'Ed25519', raw: known.snd_key }
    const { privateKey } = generateKeyPair('Ed25519', env.random)
    await tx.query
      .insertInto('invitation_links')
      .values({
        router,
        link_id: link.linkId,
        link_key: link.linkKey,
        snd_key: privateKey.raw,
        snd_id: null,
        created_at: env.clock.now(),
      })
      .execute()
    return privateKey
  })
}

function linkAnswer(answer: BrokerMessage): StoredLinkData {
  if (answer.type !== 'LNK') {
    throw new HearthError('protocol', 'unexpected', `the router answered for a link with ${answer.type}`)
  }
  return { senderId: answer.senderId, fixed: answer.data.fixed, user: answer.data.user }
}

/** The key that secured this queue when its one-time link was read, if that happened here (agent §2.9). */
export async function securedKey(
  context: AgentContext,
  tx: Tx,
  router: RouterAddress,
  senderId: Uint8Array,
): Promise<PrivateKey<'Ed25519'> | undefined> {
  const row = await tx.query
    .selectFrom('invitation_links')
    .select('snd_key')
    .where('router', '=', await context.records.idOf(tx, router))
    .where('snd_id', '=', senderId)
    .executeTakeFirst()
  return row && { algorithm: 'Ed25519', raw: row.snd_key }
}
