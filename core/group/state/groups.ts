import type { Selectable } from 'kysely'
import type { MemberId, PublicGroupId } from '../../chat/ids.ts'
import { type GroupProfile, groupProfile, type Profile, profile } from '../../chat/profile.ts'
import type { PrivateKey, PublicKey } from '../../codec/keys.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupPart, GroupStatus, GroupsTable } from '../../store/schema/chat.ts'
import type { GroupId, MemberRowId, ProfileId } from '../api.ts'

/** A row of groups as the code uses it. */
export interface Group {
  readonly id: GroupId
  readonly profile: ProfileId
  readonly part: GroupPart
  readonly status: GroupStatus
  readonly link: string
  readonly publicGroupId: PublicGroupId | undefined
  readonly rootPublic: PublicKey<'Ed25519'> | undefined
  readonly rootPrivate: PrivateKey<'Ed25519'> | undefined
  readonly ownMember: MemberRowId
  readonly ownMemberId: MemberId
  readonly ownKey: PrivateKey<'Ed25519'>
  readonly addressConn: number | undefined
  readonly writers: 'everyone' | 'owners'
  readonly memberCount: number
  readonly rosterVersion: number | undefined
  readonly rosterCompleteVersion: number | undefined
  readonly createdAt: number
  /** Decoded on first use. */
  readonly groupProfile: GroupProfile
  /** Incognito. */
  readonly ownProfile: Profile | undefined
  readonly row: Selectable<GroupsTable>
}

/** Decoded profiles by their text: with a picture they are long, and every message asks for the preferences. */
const decodedProfiles = new Map<string, GroupProfile>()
const MAX_DECODED = 64

function decodeProfile(text: string): GroupProfile {
  let decoded = decodedProfiles.get(text)
  if (decoded === undefined) {
    decoded = groupProfile.decode(JSON.parse(text))
    if (decodedProfiles.size >= MAX_DECODED) decodedProfiles.clear()
    decodedProfiles.set(text, decoded)
  }
  return decoded
}

function groupOf(row: Selectable<GroupsTable>): Group {
  return {
    id: row.group_id,
    profile: row.profile,
    part: row.part,
    status: row.status,
    link: row.link,
    publicGroupId: row.public_group_id ?? undefined,
    rootPublic: row.root_public === null ? undefined : { algorithm: 'Ed25519', raw: row.root_public },
    rootPrivate: row.root_private === null ? undefined : { algorithm: 'Ed25519', raw: row.root_private },
    ownMember: row.own_member ?? 0,
    ownMemberId: row.own_member_id,
    ownKey: { algorithm: 'Ed25519', raw: row.own_key },
    addressConn: row.address_conn ?? undefined,
    writers: row.writers,
    memberCount: row.member_count,
    rosterVersion: row.roster_version ?? undefined,
    rosterCompleteVersion: row.roster_complete_version ?? undefined,
    createdAt: row.created_at,
    get groupProfile() {
      return decodeProfile(row.group_profile)
    },
    ownProfile: row.own_profile === null ? undefined : profile.decode(JSON.parse(row.own_profile)),
    row,
  }
}

type Row = Selectable<GroupsTable>

export async function groupById(tx: Tx, group: GroupId): Promise<Group | undefined> {
  const row = await tx.get<Row>('SELECT * FROM groups WHERE group_id = ?', group)
  return row && groupOf(row)
}

/** Groups of this link in which `profile` or, without it, anybody of this host takes part. */
export async function groupsByLink(tx: Tx, link: string, profile?: ProfileId): Promise<Group[]> {
  const rows = await tx.all<Row>('SELECT * FROM groups WHERE link = ? ORDER BY group_id DESC', link)
  return rows.filter((row) => profile === undefined || row.profile === profile).map(groupOf)
}

export async function groupsByPublicId(tx: Tx, id: PublicGroupId): Promise<Group[]> {
  return (await tx.all<Row>('SELECT * FROM groups WHERE public_group_id = ? ORDER BY group_id DESC', id)).map(groupOf)
}

export async function allGroups(tx: Tx): Promise<Group[]> {
  return (await tx.all<Row>('SELECT * FROM groups ORDER BY group_id')).map(groupOf)
}

/** Adds a group together with our own row of group_members. */
export async function insertGroup(
  tx: Tx,
  values: NewGroup,
): Promise<{ readonly group: GroupId; readonly ownMember: MemberRowId }> {
  const inserted = await tx.query
    .insertInto('groups')
    .values({
      profile: values.profile,
      part: values.part,
      status: values.status,
      link: values.link,
      public_group_id: values.publicGroupId ?? null,
      group_profile: JSON.stringify(groupProfile.encode(values.groupProfile)),
      root_public: values.rootPublic?.raw ?? null,
      root_private: values.rootPrivate?.raw ?? null,
      own_member_id: values.ownMemberId,
      own_key: values.ownKey.raw,
      own_profile: values.ownProfile === undefined ? null : JSON.stringify(profile.encode(values.ownProfile)),
      writers: values.writers ?? 'owners',
      member_count: values.memberCount ?? 1,
      created_at: values.now,
      active_at: values.now,
    })
    .executeTakeFirstOrThrow()
  const group = Number(inserted.insertId)
  const own = await tx.query
    .insertInto('group_members')
    .values({
      group_id: group,
      member_id: values.ownMemberId,
      role: values.ownRole,
      category: 'user',
      status: values.part === 'owner' ? 'creator' : 'invited',
      name: values.shownProfile.displayName,
      content: JSON.stringify(profile.encode(values.shownProfile)),
      key: values.ownPublicKey.raw,
      key_origin: 'self',
      created_at: values.now,
      joined_at: values.part === 'owner' ? values.now : null,
    })
    .executeTakeFirstOrThrow()
  const ownMember = Number(own.insertId)
  await tx.run('UPDATE groups SET own_member = ? WHERE group_id = ?', ownMember, group)
  return { group, ownMember }
}

export interface NewGroup {
  readonly profile: ProfileId
  readonly part: GroupPart
  readonly status: GroupStatus
  readonly link: string
  readonly publicGroupId?: PublicGroupId
  readonly groupProfile: GroupProfile
  readonly rootPublic?: PublicKey<'Ed25519'>
  readonly rootPrivate?: PrivateKey<'Ed25519'>
  readonly ownMemberId: MemberId
  readonly ownKey: PrivateKey<'Ed25519'>
  readonly ownPublicKey: PublicKey<'Ed25519'>
  readonly ownRole: string
  readonly ownProfile?: Profile
  /** What the group sees of us. */
  readonly shownProfile: Profile
  readonly writers?: 'everyone' | 'owners'
  readonly memberCount?: number
  readonly now: number
}
