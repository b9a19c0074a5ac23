import type { Selectable } from 'kysely'
import type { Tx } from '../../store/database.ts'
import type { ProfilesTable } from '../../store/schema/chat.ts'
import { type Profile, profile as profileCodec } from '../profile.ts'

/** Row of profiles. */
export type ProfileId = number

/** An identity of this host. */
export interface OwnProfile {
  readonly id: ProfileId
  readonly profile: Profile
  readonly superPeer: boolean
  readonly hidden: boolean
  readonly addressConn: number | undefined
  readonly addressLink: string | undefined
  readonly updatedAt: number
}

type Row = Selectable<ProfilesTable>

function ownProfileOf(row: Row): OwnProfile {
  return {
    id: row.profile,
    profile: profileCodec.decode(JSON.parse(row.content)),
    superPeer: row.super_peer === 1,
    hidden: row.hidden === 1,
    addressConn: row.address_conn ?? undefined,
    addressLink: row.address_link ?? undefined,
    updatedAt: row.updated_at,
  }
}

export async function insertProfile(
  tx: Tx,
  value: Profile,
  options: { readonly now: number; readonly superPeer?: boolean },
): Promise<ProfileId> {
  const flag = options.superPeer ? 1 : 0
  const inserted = await tx.query
    .insertInto('profiles')
    .values({
      content: JSON.stringify(profileCodec.encode(value)),
      super_peer: flag,
      hidden: flag,
      created_at: options.now,
      updated_at: options.now,
    })
    .executeTakeFirstOrThrow()
  return Number(inserted.insertId)
}

export async function ownProfile(tx: Tx, id: ProfileId): Promise<OwnProfile | undefined> {
  const row = await tx.get<Row>('SELECT * FROM profiles WHERE profile = ?', id)
  return row && ownProfileOf(row)
}

export async function ownProfiles(tx: Tx): Promise<OwnProfile[]> {
  return (await tx.all<Row>('SELECT * FROM profiles ORDER BY profile')).map(ownProfileOf)
}

/** Groups hear of the change before the next message (chat §5.8). */
export async function setOwnProfile(tx: Tx, id: ProfileId, value: Profile, now: number): Promise<void> {
  await tx.run(
    'UPDATE profiles SET content = ?, updated_at = ? WHERE profile = ?',
    JSON.stringify(profileCodec.encode(value)),
    now,
    id,
  )
}

export async function setProfileAddress(tx: Tx, id: ProfileId, conn: number | undefined, link: string | undefined) {
  await tx.run(
    'UPDATE profiles SET address_conn = ?, address_link = ? WHERE profile = ?',
    conn ?? null,
    link ?? null,
    id,
  )
}
