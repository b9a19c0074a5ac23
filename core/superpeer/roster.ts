import { fitsRelay, relayBatches } from '../chat/batch.ts'
import { encodeForwarded, encodeSigned } from '../chat/element.ts'
import { newSharedMsgId } from '../chat/ids.ts'
import { encodeMessage } from '../chat/message.ts'
import { rosterChunks } from '../chat/roster.ts'
import { CHAT_VERSIONS, SINCE } from '../chat/versions.ts'
import type { GroupId, MemberRowId } from '../group/api.ts'
import type { Group } from '../group/state/groups.ts'
import { type Member, memberByRow } from '../group/state/members.ts'
import { storedRoster } from '../group/state/roster.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { servedMember } from './state/recipients.ts'
import { servedGroup, setServedStatus } from './state/served.ts'

/** The relay's side of the owner-signed roster (chat §6.6): acknowledge once, keep, serve as it was signed. */

/** Only during set-up: an active super-peer must not acknowledge (chat §11.15). */
export async function acknowledgeRoster(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  owner: Member,
  version: number,
  error: string | undefined,
): Promise<void> {
  const served = await servedGroup(tx, group.id)
  if (owner.conn === undefined || (served?.status !== 'accepted' && served?.status !== 'acknowledged_roster')) return
  const body = encodeMessage({
    v: CHAT_VERSIONS,
    msgId: newSharedMsgId(context.env.random),
    event: { type: 'x.grp.roster.ack', params: { version, ...(error !== undefined && { error }) } },
  })
  await context.agent.send(tx, owner.conn, body)
  if (error !== undefined || served.status === 'acknowledged_roster') return
  await setServedStatus(tx, group.id, 'acknowledged_roster', context.env.clock.now())
  context.notify(tx, { type: 'served-group', group: group.id, change: 'status', status: 'acknowledged_roster' })
}

export interface RosterElements {
  readonly version: number
  /** The header as its owner signed it, attributed to the owner, then the chunks. */
  readonly elements: readonly Uint8Array[]
}

export async function rosterElements(tx: Tx, group: GroupId): Promise<RosterElements | undefined> {
  const roster = await storedRoster(tx, group)
  if (roster === undefined) return undefined
  const owner = await memberByRow(tx, roster.owner)
  if (owner?.memberId === undefined) return undefined
  const header = encodeForwarded(
    {
      sender: { type: 'member', memberId: owner.memberId, name: owner.name },
      ts: Math.floor(roster.time / 1000),
    },
    encodeSigned({ binding: 'G', signatures: [roster.signature], body: roster.header }),
  )
  return { version: roster.version, elements: [header, ...rosterChunks(roster.sharedMsgId, roster.blob)] }
}

/**
 * Sends the roster to a member that understands it. With `requested`, only if what is kept is newer than that and than
 * what this member was served last.
 */
export async function serveRoster(
  context: SuperPeerContext,
  tx: Tx,
  group: GroupId,
  member: MemberRowId,
  requested: number | undefined,
): Promise<void> {
  const served = await servedMember(tx, member)
  const row = await memberByRow(tx, member)
  if (served === undefined || row === undefined || row.role === 'owner' || !knowsRosters(row)) return
  const roster = await rosterElements(tx, group)
  if (roster === undefined) return
  if (requested !== undefined && roster.version <= Math.max(requested, served.roster_served ?? -1)) return
  if (requested === undefined && roster.version === served.roster_served) return
  for (const body of bodiesInOrder(roster.elements)) await context.agent.send(tx, served.conn, body)
  await setRosterServed(tx, member, roster.version)
}

export async function setRosterServed(tx: Tx, member: MemberRowId, version: number): Promise<void> {
  await tx.run('UPDATE served_members SET roster_served = ? WHERE member = ?', version, member)
}

export function knowsRosters(member: Member): boolean {
  return (member.versions?.max ?? 0) >= SINCE.roster
}

/** Bodies for one member: batches, and a body of its own for a chunk that no batch can hold (chat §11.14). */
export function bodiesInOrder(elements: readonly Uint8Array[]): readonly Uint8Array[] {
  const bodies: Uint8Array[] = []
  let run: Uint8Array[] = []
  const flush = () => {
    bodies.push(...relayBatches(run))
    run = []
  }
  for (const element of elements) {
    if (fitsRelay(element)) run.push(element)
    else {
      flush()
      bodies.push(element)
    }
  }
  flush()
  return bodies
}
