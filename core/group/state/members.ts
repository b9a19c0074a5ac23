import type { Selectable } from 'kysely'
import type { MemberId } from '../../chat/ids.ts'
import { type Profile, profile } from '../../chat/profile.ts'
import type { MemberRole } from '../../chat/roles.ts'
import type { PublicKey } from '../../codec/keys.ts'
import type { VersionRange } from '../../codec/version.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupMembersTable, KeyOrigin, MemberCategory, MemberStatus } from '../../store/schema/chat.ts'
import type { GroupId, MemberRowId } from '../api.ts'

/** A row of group_members as the code uses it. */
export interface Member {
  readonly id: MemberRowId
  readonly group: GroupId
  /** Undefined for a super-peer whose link was not read yet. */
  readonly memberId: MemberId | undefined
  readonly role: MemberRole
  readonly roleSigned: boolean
  readonly category: MemberCategory
  readonly status: MemberStatus
  readonly blocked: boolean
  readonly name: string
  readonly profileKnown: boolean
  /** The member signed it: a super-peer's word does not change it any more. */
  readonly profileSigned: boolean
  readonly key: PublicKey<'Ed25519'> | undefined
  readonly keyOrigin: KeyOrigin | undefined
  readonly versions: VersionRange | undefined
  readonly conn: number | undefined
  readonly relayLink: string | undefined
  /** Decoded on first use. */
  readonly profile: Profile
  readonly row: Selectable<GroupMembersTable>
}

type Row = Selectable<GroupMembersTable>

export function memberOf(row: Row): Member {
  let decoded: Profile | undefined
  return {
    id: row.member,
    group: row.group_id,
    memberId: row.member_id ?? undefined,
    role: row.role,
    roleSigned: row.role_signed === 1,
    category: row.category,
    status: row.status,
    blocked: row.blocked === 1,
    name: row.name,
    profileKnown: row.profile_known > 0,
    profileSigned: row.profile_known === 2,
    key: row.key === null ? undefined : { algorithm: 'Ed25519', raw: row.key },
    keyOrigin: row.key_origin ?? undefined,
    versions:
      row.version_min === null || row.version_max === null ? undefined : { min: row.version_min, max: row.version_max },
    conn: row.conn ?? undefined,
    relayLink: row.relay_link ?? undefined,
    get profile() {
      decoded ??= profile.decode(JSON.parse(row.content))
      return decoded
    },
    row,
  }
}

/** chat §3.4 */
export function isRemoved(status: MemberStatus): boolean {
  return status === 'rejected' || status === 'removed' || status === 'left' || status === 'deleted'
}

/** chat §3.4: those whom a super-peer delivers to. */
export function isCurrent(status: MemberStatus): boolean {
  return !isRemoved(status) && status !== 'unknown' && status !== 'invited'
}

export async function memberByRow(tx: Tx, member: MemberRowId): Promise<Member | undefined> {
  const row = await tx.get<Row>('SELECT * FROM group_members WHERE member = ?', member)
  return row && memberOf(row)
}

export async function memberById(tx: Tx, group: GroupId, id: MemberId): Promise<Member | undefined> {
  const row = await tx.get<Row>('SELECT * FROM group_members WHERE group_id = ? AND member_id = ?', group, id)
  return row && memberOf(row)
}

/** Members with one of these roles, in order of their rows. */
export async function membersWithRoles(tx: Tx, group: GroupId, roles: readonly MemberRole[]): Promise<Member[]> {
  const marks = roles.map(() => '?').join(', ')
  const rows = await tx.all<Row>(
    `SELECT * FROM group_members WHERE group_id = ? AND role IN (${marks}) ORDER BY member`,
    group,
    ...roles,
  )
  return rows.map(memberOf)
}

/** Those who are blocked for all and still there, the latest first. */
export async function blockedMembers(tx: Tx, group: GroupId, limit: number): Promise<MemberId[]> {
  const rows = await tx.all<{ member_id: Uint8Array }>(
    `SELECT member_id FROM group_members WHERE group_id = ? AND blocked = 1 AND member_id IS NOT NULL
       AND status NOT IN ('rejected', 'removed', 'left', 'deleted') ORDER BY member DESC LIMIT ?`,
    group,
    limit,
  )
  return rows.map((row) => row.member_id)
}

/** Those whose role an owner set by name and no roster carries, the latest first. */
export async function membersNamed(
  tx: Tx,
  group: GroupId,
  limit: number,
): Promise<{ readonly memberId: MemberId; readonly role: MemberRole }[]> {
  const rows = await tx.all<{ member_id: Uint8Array; role: MemberRole }>(
    `SELECT member_id, role FROM group_members WHERE group_id = ? AND role_signed = 1 AND member_id IS NOT NULL
       AND role IN ('observer', 'author') AND status NOT IN ('rejected', 'removed', 'left', 'deleted')
     ORDER BY member DESC LIMIT ?`,
    group,
    limit,
  )
  return rows.map((row) => ({ memberId: row.member_id, role: row.role }))
}

/** How many of whom we know take part, super-peers not counted. */
export async function knownMembers(tx: Tx, group: GroupId): Promise<number> {
  const row = await tx.get<{ n: number }>(
    `SELECT count(*) AS n FROM group_members WHERE group_id = ? AND role != 'relay'
       AND status IN ('introduced', 'accepted', 'announced', 'connected', 'creator')`,
    group,
  )
  return row!.n
}

export interface NewMember {
  readonly group: GroupId
  readonly memberId: MemberId | undefined
  readonly role: MemberRole
  readonly roleSigned?: boolean
  readonly category: MemberCategory
  readonly status: MemberStatus
  readonly profile: Profile
  readonly profileKnown?: boolean
  readonly blocked?: boolean
  readonly key?: PublicKey<'Ed25519'> | undefined
  readonly keyOrigin?: KeyOrigin | undefined
  readonly versions?: VersionRange | undefined
  readonly conn?: number | undefined
  readonly relayLink?: string | undefined
  readonly joinedAt?: number | undefined
  readonly now: number
}

export async function insertMember(tx: Tx, values: NewMember): Promise<Member> {
  const inserted = await tx.query
    .insertInto('group_members')
    .values({
      group_id: values.group,
      member_id: values.memberId ?? null,
      role: values.role,
      role_signed: values.roleSigned ? 1 : 0,
      category: values.category,
      status: values.status,
      blocked: values.blocked ? 1 : 0,
      name: values.profile.displayName,
      content: JSON.stringify(profile.encode(values.profile)),
      profile_known: values.profileKnown === false ? 0 : 1,
      key: values.key?.raw ?? null,
      key_origin: values.key === undefined ? null : (values.keyOrigin ?? null),
      version_min: values.versions?.min ?? null,
      version_max: values.versions?.max ?? null,
      conn: values.conn ?? null,
      relay_link: values.relayLink ?? null,
      created_at: values.now,
      joined_at: values.joinedAt ?? null,
    })
    .executeTakeFirstOrThrow()
  return (await memberByRow(tx, Number(inserted.insertId)))!
}

export async function setMemberProfile(
  tx: Tx,
  member: MemberRowId,
  value: Profile,
  options: { readonly signed?: boolean } = {},
): Promise<void> {
  await tx.run(
    'UPDATE group_members SET name = ?, content = ?, profile_known = ? WHERE member = ?',
    value.displayName,
    JSON.stringify(profile.encode(value)),
    options.signed === true ? 2 : 1,
    member,
  )
}

export async function setMemberStatus(tx: Tx, member: MemberRowId, status: MemberStatus, now: number): Promise<void> {
  await tx.run(
    `UPDATE group_members SET status = ?, removed_at = ?, joined_at = CASE WHEN ? = 'connected' THEN coalesce(joined_at, ?) ELSE joined_at END WHERE member = ?`,
    status,
    isRemoved(status) ? now : null,
    status,
    now,
    member,
  )
}

export async function setMemberRole(tx: Tx, member: MemberRowId, role: MemberRole, signed: boolean): Promise<void> {
  await tx.run('UPDATE group_members SET role = ?, role_signed = ? WHERE member = ?', role, signed ? 1 : 0, member)
}

/** A known key never changes (chat §6.5). False where another key is known. */
export async function pinMemberKey(
  tx: Tx,
  member: Member,
  key: PublicKey<'Ed25519'>,
  origin: KeyOrigin,
): Promise<boolean> {
  if (member.key !== undefined) return Buffer.compare(member.key.raw, key.raw) === 0
  await tx.run('UPDATE group_members SET key = ?, key_origin = ? WHERE member = ?', key.raw, origin, member.id)
  return true
}

export async function setMemberConn(tx: Tx, member: MemberRowId, conn: number | undefined): Promise<void> {
  await tx.run('UPDATE group_members SET conn = ? WHERE member = ?', conn ?? null, member)
}

export async function setMemberVersions(tx: Tx, member: Member, versions: VersionRange): Promise<void> {
  if (member.versions?.min === versions.min && member.versions.max === versions.max) return
  await tx.run(
    'UPDATE group_members SET version_min = ?, version_max = ? WHERE member = ?',
    versions.min,
    versions.max,
    member.id,
  )
}
