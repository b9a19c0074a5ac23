import type { FileChunk } from '../../chat/element.ts'
import type { RosterHeader } from '../../chat/events/relay.ts'
import { idKey } from '../../chat/ids.ts'
import { FILE_CHUNK_SIZE, MAX_ROSTER_BLOB } from '../../chat/limits.ts'
import { DEFAULT_ROLE } from '../../chat/roles.ts'
import { decodeRoster, type RosterEntry, rosterDigest } from '../../chat/roster.ts'
import { concat, equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { Arrival, Effect } from '../processed.ts'
import { insertMember, isRemoved, memberById, membersWithRoles, setMemberRole } from '../state/members.ts'
import { advanceRoster, storeRoster } from '../state/roster.ts'
import { applied, ignored, type Outcome, type ReceiveContext, type Received, refused } from './context.ts'
import { NAMELESS } from './records.ts'

/** Receiving the owner-signed roster (chat §6.6): a header, then chunks on the same connection. */

interface TransferRow {
  readonly shared_msg_id: Uint8Array
  readonly version: number
  readonly size: number
  readonly digest: Uint8Array
  readonly owner: number
  readonly header: Uint8Array
  readonly signature: Uint8Array
  readonly time: number
  readonly next_chunk: number
  readonly received: Uint8Array
}

/** Starts a transfer from the super-peer, or owner, at the other end; several may deliver the same at one time. */
export async function receiveRosterHeader(received: Received, header: RosterHeader): Promise<Outcome> {
  const { tx, group, author, via, message, signed, context } = received
  if (author?.role !== 'owner' || signed === undefined || message.msgId === undefined) return refused('role')
  const { fileSize, fileDigest } = header.fileInv
  if (fileSize < 2 || fileSize > MAX_ROSTER_BLOB) return refused('size', failed(header.version, 'size'))
  if (header.version < (group.rosterVersion ?? 0)) return ignored('replay', { open: true })
  const current = await transferOf(tx, group.id, via.id)
  if (current !== undefined && header.version < current.version) return ignored('replay', { open: true })
  await tx.run(
    `INSERT INTO roster_transfers (group_id, source, shared_msg_id, version, size, digest, owner, header, signature,
       time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (group_id, source) DO UPDATE SET shared_msg_id = excluded.shared_msg_id, version = excluded.version,
       size = excluded.size, digest = excluded.digest, owner = excluded.owner, header = excluded.header,
       signature = excluded.signature, time = excluded.time, next_chunk = 1, received = x''`,
    group.id,
    via.id,
    message.msgId,
    header.version,
    fileSize,
    fileDigest,
    author.id,
    signed.body,
    signed.signature,
    received.time,
  )
  context.env.log.debug('group.roster-header', { group: group.id, version: header.version })
  return applied({ open: true })
}

function failed(version: number, error: string): { effects: Effect[] } {
  return { effects: [{ type: 'roster-failed', version, error }] }
}

async function transferOf(tx: Tx, group: number, source: number): Promise<TransferRow | undefined> {
  return tx.get<TransferRow>('SELECT * FROM roster_transfers WHERE group_id = ? AND source = ?', group, source)
}

export async function receiveChunk(
  context: ReceiveContext,
  tx: Tx,
  arrival: Arrival,
  chunk: FileChunk,
): Promise<Outcome> {
  const { group, via } = arrival
  const transfer = await transferOf(tx, group.id, via.id)
  if (transfer === undefined || !equal(transfer.shared_msg_id, chunk.fileMsgId)) return ignored('unknown-file')
  const end = async () => {
    await tx.run('DELETE FROM roster_transfers WHERE group_id = ? AND source = ?', group.id, via.id)
  }
  if (chunk.chunkNo === 0) {
    await end()
    return ignored('cancelled')
  }
  const blob = concat(transfer.received, chunk.bytes)
  const last = blob.length === transfer.size
  const misplaced = chunk.chunkNo !== transfer.next_chunk || blob.length > transfer.size
  if (misplaced || (!last && chunk.bytes.length !== FILE_CHUNK_SIZE)) {
    await end()
    return refused('chunk', failed(transfer.version, 'chunk'))
  }
  if (!last) {
    await tx.run(
      'UPDATE roster_transfers SET next_chunk = next_chunk + 1, received = ? WHERE group_id = ? AND source = ?',
      blob,
      group.id,
      via.id,
    )
    return applied()
  }
  await end()
  return complete(context, tx, arrival, transfer, blob)
}

async function complete(
  context: ReceiveContext,
  tx: Tx,
  { group }: Arrival,
  transfer: TransferRow,
  blob: Uint8Array,
): Promise<Outcome> {
  const { version } = transfer
  if (!equal(rosterDigest(blob), transfer.digest)) return refused('digest', failed(version, 'digest'))
  const entries = parse(blob)
  if (entries === undefined) return refused('roster', failed(version, 'roster'))
  const now = await tx.get<{ roster_version: number | null; roster_complete_version: number | null }>(
    'SELECT roster_version, roster_complete_version FROM groups WHERE group_id = ?',
    group.id,
  )
  if (version < (now?.roster_version ?? 0)) return ignored('replay')
  const again = version === now?.roster_complete_version
  if (!again) await applyRoster(context, tx, group.id, group.ownMember, entries)
  await advanceRoster(tx, group.id, version, true)
  if (group.part === 'super-peer') {
    await storeRoster(tx, group.id, {
      version,
      header: transfer.header,
      signature: transfer.signature,
      sharedMsgId: transfer.shared_msg_id,
      owner: transfer.owner,
      time: transfer.time,
      blob,
    })
  }
  return applied({ effects: [{ type: 'roster-applied', version }] })
}

function parse(blob: Uint8Array): readonly RosterEntry[] | undefined {
  try {
    return decodeRoster(blob)
  } catch (error) {
    if (error instanceof HearthError) return undefined
    throw error
  }
}

/** Everybody in it has that role and key; whoever has a roster role without being in it loses it. */
async function applyRoster(
  context: ReceiveContext,
  tx: Tx,
  group: number,
  ownMember: number,
  entries: readonly RosterEntry[],
): Promise<void> {
  const listed = new Set(entries.map((entry) => idKey(entry.memberId)))
  for (const member of await membersWithRoles(tx, group, ['member', 'moderator', 'admin'])) {
    if (member.memberId !== undefined && listed.has(idKey(member.memberId))) continue
    await setMemberRole(tx, member.id, DEFAULT_ROLE, true)
    changed(context, tx, group, member.id, ownMember)
  }
  for (const entry of entries) {
    const known = await memberById(tx, group, entry.memberId)
    if (known === undefined) {
      const member = await insertMember(tx, {
        group,
        memberId: entry.memberId,
        role: entry.role,
        roleSigned: true,
        category: 'pre',
        status: 'introduced',
        profile: { displayName: NAMELESS, fullName: '' },
        profileKnown: false,
        key: entry.key,
        keyOrigin: 'roster',
        now: context.env.clock.now(),
      })
      context.notify(tx, { type: 'member', group, member: member.id, change: 'added' })
      continue
    }
    if (known.role === 'owner' || known.role === 'relay' || isRemoved(known.status)) continue
    const sameKey = known.key !== undefined && equal(known.key.raw, entry.key.raw)
    // The owner's word stands above a super-peer's; any other known key never changes (chat §6.5).
    if (!sameKey && known.key !== undefined && known.keyOrigin !== 'relay') {
      context.notify(tx, { type: 'refused', group, member: known.id, event: 'x.grp.roster', reason: 'key-differs' })
      continue
    }
    if (!sameKey || known.keyOrigin === 'relay') {
      await tx.run("UPDATE group_members SET key = ?, key_origin = 'roster' WHERE member = ?", entry.key.raw, known.id)
    }
    if (known.status === 'unknown') {
      await tx.run("UPDATE group_members SET status = 'introduced' WHERE member = ?", known.id)
    }
    if (known.role === entry.role && known.roleSigned) continue
    await setMemberRole(tx, known.id, entry.role, true)
    changed(context, tx, group, known.id, ownMember)
  }
}

function changed(context: ReceiveContext, tx: Tx, group: number, member: number, ownMember: number): void {
  context.notify(tx, { type: 'member', group, member, change: 'updated' })
  if (member === ownMember) context.notify(tx, { type: 'group', group, change: 'updated' })
}
