import { encodeRelayLinkData, relayAddressProfile } from '../chat/link-data.ts'
import type { Profile } from '../chat/profile.ts'
import { bind, unbind } from '../chat/state/bindings.ts'
import { insertProfile, ownProfile, setOwnProfile, setProfileAddress } from '../chat/state/profiles.ts'
import { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { EnableOptions, SuperPeerAddress } from './api.ts'
import type { SuperPeerContext } from './context.ts'
import { superPeerProfile } from './invitation.ts'
import { relayLinkData } from './serve.ts'

/** The super-peer's identity on this host: a hidden profile with an address of type r (design §2). */

export async function addressOf(tx: Tx): Promise<SuperPeerAddress | undefined> {
  const row = await superPeerProfile(tx)
  const own = row && (await ownProfile(tx, row.profile))
  if (row?.enabled !== 1 || own?.addressLink === undefined) return undefined
  return {
    profile: own.id,
    address: own.addressLink,
    displayName: own.profile.displayName,
    image: own.profile.image,
    autoAccept: row.auto_accept === 1,
  }
}

export async function enable(context: SuperPeerContext, options: EnableOptions): Promise<SuperPeerAddress> {
  const profile: Profile = {
    displayName: options.displayName,
    fullName: '',
    ...(options.image !== undefined && { image: options.image }),
  }
  const before = await context.store.read(superPeerProfile)
  if (before === undefined) await create(context, profile, options)
  else await context.store.write((tx) => change(context, tx, before.profile, profile, options))
  return (await context.store.read(addressOf))!
}

async function create(context: SuperPeerContext, profile: Profile, options: EnableOptions): Promise<void> {
  const { conn, short } = await context.agent.createAddress({ type: 'r', userData: addressData(profile) })
  await context.store.write(async (tx) => {
    const id = await insertProfile(tx, profile, { now: context.env.clock.now(), superPeer: true })
    await setProfileAddress(tx, id, conn, short)
    await bind(tx, conn, 'super-peer-address', id)
    await tx.run(
      'INSERT INTO superpeer_profiles (profile, enabled, auto_accept) VALUES (?, 1, ?)',
      id,
      options.autoAccept ? 1 : 0,
    )
    context.notify(tx, { type: 'address' })
  })
}

/** A changed name or picture is written to the address and to the link of every group. */
async function change(
  context: SuperPeerContext,
  tx: Tx,
  id: number,
  profile: Profile,
  options: EnableOptions,
): Promise<void> {
  await tx.run(
    'UPDATE superpeer_profiles SET enabled = 1, auto_accept = ? WHERE profile = ?',
    options.autoAccept ? 1 : 0,
    id,
  )
  context.notify(tx, { type: 'address' })
  const own = await ownProfile(tx, id)
  if (own === undefined) return
  if (own.profile.displayName === profile.displayName && own.profile.image === profile.image) return
  await setOwnProfile(tx, id, profile, context.env.clock.now())
  if (own.addressConn !== undefined) {
    const data = { direct: true, owners: [], relays: [], userData: addressData(profile) }
    await context.agent.setLinkData(tx, own.addressConn, data)
  }
  const links = await tx.all<{ conn: number }>(
    "SELECT address_conn AS conn FROM groups WHERE profile = ? AND part = 'super-peer' AND address_conn IS NOT NULL",
    id,
  )
  for (const { conn } of links) await context.agent.setLinkData(tx, conn, relayLinkData(profile))
}

function addressData(profile: Profile): Uint8Array {
  return encodeRelayLinkData({ relayProfile: relayAddressProfile(profile) })
}

/** The address stays what it is, and answers nobody until `enable`. */
export async function disable(context: SuperPeerContext): Promise<void> {
  await context.store.write(async (tx) => {
    await tx.run('UPDATE superpeer_profiles SET enabled = 0')
    context.notify(tx, { type: 'address' })
  })
}

/** The link's router is part of it: after another one was chosen, only another address lives there. */
export async function renewAddress(context: SuperPeerContext): Promise<SuperPeerAddress> {
  const before = await context.store.read(addressOf)
  const profile = before && (await context.store.read((tx) => ownProfile(tx, before.profile)))?.profile
  if (before === undefined || profile === undefined) {
    throw new HearthError('usage', 'not-serving', 'this host serves no groups')
  }
  const { conn, short } = await context.agent.createAddress({ type: 'r', userData: addressData(profile) })
  await context.store.write(async (tx) => {
    const old = (await ownProfile(tx, before.profile))?.addressConn
    await setProfileAddress(tx, before.profile, conn, short)
    await bind(tx, conn, 'super-peer-address', before.profile)
    if (old !== undefined) {
      await context.agent.remove(tx, old)
      await unbind(tx, old)
    }
    context.notify(tx, { type: 'address' })
  })
  return (await context.store.read(addressOf))!
}
