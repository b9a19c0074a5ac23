import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { Profile } from '../profile.ts'
import { bind } from '../state/bindings.ts'
import { ownProfile, ownProfiles, type ProfileId, setProfileAddress } from '../state/profiles.ts'
import type { AddressView, InvitationId, InvitationView, InviteOptions } from './api.ts'
import type { ContactContext } from './context.ts'
import { ownLinkData } from './links.ts'
import { identityOf, jsonOf } from './state/contacts.ts'
import {
  deleteInvitation,
  deleteRequest,
  insertInvitation,
  invitationRow,
  invitationView,
  requestRows,
} from './state/waiting.ts'

/** Own links: one-time invitations and the address of a profile. */

export async function createInvitation(
  context: ContactContext,
  profile: ProfileId,
  { incognito }: InviteOptions = {},
): Promise<InvitationView> {
  const ownJson = jsonOf(incognito)
  const identity = await context.store.read((tx) => identityOf(tx, { profile, own_profile: ownJson }))
  // Nobody knows the link before this function returns: nothing comes over the connection before it is bound.
  const created = await context.agent.createInvitation({ userData: ownLinkData(identity.profile) })
  return context.store.write(async (tx) => {
    const row = await insertInvitation(tx, {
      profile,
      ownProfile: ownJson,
      conn: created.conn,
      link: created.short ?? created.full,
      fullLink: created.full,
      now: context.env.clock.now(),
    })
    await bind(tx, created.conn, 'contact-invitation', row.invitation)
    const invitation = invitationView(row)
    context.notify(tx, { type: 'invitation', invitation })
    return invitation
  })
}

export async function removeInvitation(context: ContactContext, tx: Tx, invitation: InvitationId): Promise<void> {
  const row = await invitationRow(tx, invitation)
  if (row === undefined) return
  await context.agent.remove(tx, row.conn)
  await deleteInvitation(tx, invitation)
  context.notify(tx, { type: 'invitation-gone', invitation })
}

export async function addressesOf(tx: Tx): Promise<AddressView[]> {
  return (await ownProfiles(tx)).flatMap(({ id, superPeer, addressLink }) =>
    superPeer || addressLink === undefined ? [] : [{ profile: id, link: addressLink }],
  )
}

async function ordinaryProfile(tx: Tx, profile: ProfileId) {
  const own = await ownProfile(tx, profile)
  if (own === undefined || own.superPeer) throw new HearthError('usage', 'no-profile', 'the profile does not exist')
  return own
}

export async function createAddress(context: ContactContext, profile: ProfileId): Promise<AddressView> {
  const before = await context.store.read((tx) => ordinaryProfile(tx, profile))
  if (before.addressLink !== undefined) return { profile, link: before.addressLink }
  const created = await context.agent.createAddress({ type: 'a', userData: ownLinkData(before.profile) })
  return context.store.write(async (tx) => {
    const { addressLink } = await ordinaryProfile(tx, profile)
    if (addressLink !== undefined) {
      await context.agent.remove(tx, created.conn)
      return { profile, link: addressLink }
    }
    const address = { profile, link: created.short ?? created.full }
    await setProfileAddress(tx, profile, created.conn, address.link)
    await bind(tx, created.conn, 'contact-address', profile)
    context.notify(tx, { type: 'contact-address', profile, address })
    return address
  })
}

export async function removeAddress(context: ContactContext, tx: Tx, profile: ProfileId): Promise<void> {
  const { addressConn } = await ordinaryProfile(tx, profile)
  if (addressConn === undefined) return
  for (const { request, agent_request: agentRequest } of await requestRows(tx, profile)) {
    await context.agent.reject(tx, agentRequest)
    await deleteRequest(tx, request)
    context.notify(tx, { type: 'contact-request-gone', request })
  }
  await context.agent.remove(tx, addressConn)
  await setProfileAddress(tx, profile, undefined, undefined)
  context.notify(tx, { type: 'contact-address', profile, address: undefined })
}

/** Whoever reads the address from now on sees the new profile. */
export async function updateAddressData(context: ContactContext, tx: Tx, conn: number, profile: Profile) {
  const data = { direct: true, owners: [], relays: [], userData: ownLinkData(profile) }
  await context.agent.setLinkData(tx, conn, data)
}
