import type { Selectable } from 'kysely'
import type { Tx } from '../../store/database.ts'
import type { GroupMembersTable, GroupRelaysTable, RelayStatus } from '../../store/schema/chat.ts'
import type { GroupId, MemberRowId, SuperPeerView } from '../api.ts'
import { type Member, memberOf } from './members.ts'

/** Super-peers as an owner or member sees them. */
export interface Relay {
  readonly member: Member
  readonly row: Selectable<GroupRelaysTable>
}

type RelayRow = Selectable<GroupRelaysTable>
type Joined = Selectable<GroupMembersTable> & { readonly [K in keyof RelayRow as `r_${K}`]: RelayRow[K] }

const COLUMNS = [
  'member',
  'group_id',
  'status',
  'address',
  'confirmation',
  'ready',
  'roster_sent',
  'announced',
  'capabilities',
  'published_role',
  'attempts',
  'retry_at',
  'error',
  'new_at',
  'invited_at',
  'accepted_at',
  'verified_at',
  'connected_at',
  'acknowledged_at',
  'active_at',
  'ended_at',
  'seen_at',
] as const satisfies readonly (keyof RelayRow)[]

const SELECT = `SELECT m.*, ${COLUMNS.map((name) => `r.${name} AS r_${name}`).join(', ')}
  FROM group_relays r JOIN group_members m ON m.member = r.member`

function relayOf(joined: Joined): Relay {
  const row = Object.fromEntries(COLUMNS.map((name) => [name, joined[`r_${name}`]])) as unknown as RelayRow
  return { member: memberOf(joined), row }
}

export async function relayByMember(tx: Tx, member: MemberRowId): Promise<Relay | undefined> {
  const joined = await tx.get<Joined>(`${SELECT} WHERE r.member = ?`, member)
  return joined && relayOf(joined)
}

export async function relaysOf(tx: Tx, group: GroupId): Promise<Relay[]> {
  return (await tx.all<Joined>(`${SELECT} WHERE r.group_id = ? ORDER BY r.member`, group)).map(relayOf)
}

/** Messages go to it, at once or once it is connected. */
export function isServing(status: RelayStatus): boolean {
  return status !== 'inactive' && status !== 'rejected' && status !== 'failed'
}

export async function insertRelay(
  tx: Tx,
  values: { readonly member: MemberRowId; readonly group: GroupId; readonly address?: string; readonly now: number },
): Promise<void> {
  await tx.run(
    "INSERT INTO group_relays (member, group_id, status, address, new_at) VALUES (?, ?, 'new', ?, ?)",
    values.member,
    values.group,
    values.address ?? null,
    values.now,
  )
}

const TIME_OF: Readonly<Record<RelayStatus, keyof RelayRow>> = {
  new: 'new_at',
  invited: 'invited_at',
  accepted: 'verified_at',
  acknowledged_roster: 'acknowledged_at',
  active: 'active_at',
  inactive: 'ended_at',
  rejected: 'ended_at',
  failed: 'ended_at',
}

/** A step forward, or the end; what failed before is forgotten unless `error` says why this is the end. */
export async function setRelayStatus(
  tx: Tx,
  member: MemberRowId,
  status: RelayStatus,
  now: number,
  error?: string,
): Promise<void> {
  const ready = isServing(status) ? '' : ', ready = 0'
  await tx.run(
    `UPDATE group_relays SET status = ?, ${TIME_OF[status]} = ?, error = ?, attempts = 0, retry_at = NULL${ready}
     WHERE member = ?`,
    status,
    now,
    error ?? null,
    member,
  )
}

export function superPeerView({ member, row }: Relay): SuperPeerView {
  const time = (value: number | null) => value ?? undefined
  return {
    id: member.id,
    group: member.group,
    displayName: member.name,
    image: member.profile.image,
    status: row.status,
    connected: row.ready === 1,
    address: row.address ?? undefined,
    link: member.relayLink,
    error: row.error ?? undefined,
    attempts: row.attempts,
    retryAt: time(row.retry_at),
    steps: {
      new: time(row.new_at),
      invited: time(row.invited_at),
      accepted: time(row.accepted_at),
      verified: time(row.verified_at),
      connected: time(row.connected_at),
      acknowledged: time(row.acknowledged_at),
      active: time(row.active_at),
      ended: time(row.ended_at),
    },
    seenAt: time(row.seen_at),
  }
}
