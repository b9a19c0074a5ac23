import { encodeRoster, type RosterEntry, rosterChunks, rosterHeader } from '../../chat/roster.ts'
import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId, MemberRowId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { encodeOwn, sendTogether } from '../sending/compose.ts'
import { groupById } from '../state/groups.ts'
import { isRemoved, membersWithRoles } from '../state/members.ts'
import { advanceRoster } from '../state/roster.ts'

/** The owner's roster of promoted members (chat §6.6). */

async function entriesOf(tx: Tx, group: GroupId): Promise<RosterEntry[]> {
  const members = await membersWithRoles(tx, group, ['member', 'moderator', 'admin'])
  return members.flatMap(({ memberId, key, role, status }) =>
    memberId === undefined || key === undefined || isRemoved(status) ? [] : [{ memberId, key, role }],
  )
}

/** Sends the roster of the present version. Errors: usage `roster-full`. */
export async function sendRoster(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  to?: readonly MemberRowId[],
): Promise<void> {
  const group = await groupById(tx, id)
  if (group === undefined) return
  const version = group.rosterVersion ?? 0
  const blob = await blobOf(tx, id)
  const header = await encodeOwn(context, tx, group, {
    event: { type: 'x.grp.roster', params: rosterHeader(version, blob) },
  })
  const chunks = chunksOf(header.msgId, blob)
  await sendTogether(context, tx, group, header, chunks, { wait: false, ...(to && { to }) })
  if (to === undefined) {
    await tx.run('UPDATE group_relays SET roster_sent = ? WHERE group_id = ? AND ready = 1', version, id)
  } else {
    for (const member of to) await tx.run('UPDATE group_relays SET roster_sent = ? WHERE member = ?', version, member)
  }
}

async function blobOf(tx: Tx, group: GroupId): Promise<Uint8Array> {
  const entries = await entriesOf(tx, group)
  return full(() => encodeRoster(entries))
}

function chunksOf(msgId: Uint8Array, blob: Uint8Array): readonly Uint8Array[] {
  return full(() => rosterChunks(msgId, blob))
}

function full<T>(encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    throw new HearthError('usage', 'roster-full', 'no more members can be promoted', false, { cause: error })
  }
}

/** After a change of who is in it: a new version, sent ahead of the event that tells of the change. Returns it. */
export async function issueRoster(context: GroupContext, tx: Tx, id: GroupId): Promise<number> {
  const group = await groupById(tx, id)
  const version = (group?.rosterVersion ?? 0) + 1
  await advanceRoster(tx, id, version, true)
  await sendRoster(context, tx, id)
  return version
}
