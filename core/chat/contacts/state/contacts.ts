import type { Selectable } from 'kysely'
import type { ConnId } from '../../../agent/api.ts'
import { HearthError } from '../../../codec/error.ts'
import type { VersionRange } from '../../../codec/version.ts'
import type { Tx } from '../../../store/database.ts'
import type { ContactStatus, ContactsTable } from '../../../store/schema/contacts.ts'
import { type Profile, profile as profileCodec } from '../../profile.ts'
import { ownProfile, type ProfileId } from '../../state/profiles.ts'
import type { ContactId } from '../api.ts'

export type ContactRow = Selectable<ContactsTable>

export interface NewContact {
  readonly profile: ProfileId
  readonly ownProfile: Profile | undefined
  readonly link?: string
  readonly requestId?: Uint8Array | null
  /** Undefined while nothing is known. */
  readonly peer: Profile | undefined
  /** `updatedAt` of the own profile that they are told. */
  readonly profileSentAt: number
  readonly now: number
}

export async function insertContact(tx: Tx, values: NewContact): Promise<ContactId> {
  const row = await tx.get<{ contact: number }>(
    `INSERT INTO contacts (profile, own_profile, status, link, request_id, name, content, profile_sent_at, created_at,
       active_at) VALUES (?, ?, 'connecting', ?, ?, ?, ?, ?, ?, ?) RETURNING contact`,
    values.profile,
    jsonOf(values.ownProfile),
    values.link ?? null,
    values.requestId ?? null,
    values.peer?.displayName ?? '',
    jsonOf(values.peer),
    values.profileSentAt,
    values.now,
    values.now,
  )
  return row!.contact
}

export function jsonOf(value: Profile | undefined): string | null {
  return value === undefined ? null : JSON.stringify(profileCodec.encode(value))
}

export function profileOf(json: string | null): Profile | undefined {
  return json === null ? undefined : profileCodec.decode(JSON.parse(json))
}

export async function contactRow(tx: Tx, contact: ContactId): Promise<ContactRow | undefined> {
  return tx.get<ContactRow>('SELECT * FROM contacts WHERE contact = ?', contact)
}

/** Errors: usage `no-contact`. */
export async function requireContact(tx: Tx, contact: ContactId): Promise<ContactRow> {
  const row = await contactRow(tx, contact)
  if (row === undefined) throw new HearthError('usage', 'no-contact', 'there is no such contact')
  return row
}

export async function contactRows(tx: Tx): Promise<ContactRow[]> {
  return tx.all<ContactRow>('SELECT * FROM contacts ORDER BY contact')
}

export async function setContactConn(tx: Tx, contact: ContactId, conn: ConnId | undefined): Promise<void> {
  await tx.run('UPDATE contacts SET conn = ? WHERE contact = ?', conn ?? null, contact)
}

export async function setContactStatus(
  tx: Tx,
  contact: ContactId,
  status: ContactStatus,
  error?: string,
): Promise<void> {
  await tx.run('UPDATE contacts SET status = ?, error = ? WHERE contact = ?', status, error ?? null, contact)
}

/** Their profile as they tell it. False where it is the same. */
export async function setPeerProfile(tx: Tx, row: ContactRow, peer: Profile): Promise<boolean> {
  const content = jsonOf(peer)
  if (content === row.content) return false
  await tx.run('UPDATE contacts SET name = ?, content = ? WHERE contact = ?', peer.displayName, content, row.contact)
  return true
}

export async function setPeerVersions(tx: Tx, row: ContactRow, { min, max }: VersionRange): Promise<void> {
  if (row.version_min === min && row.version_max === max) return
  await tx.run('UPDATE contacts SET version_min = ?, version_max = ? WHERE contact = ?', min, max, row.contact)
}

export interface Identity {
  readonly profile: Profile
  /** When it changed last; 0 for one that this contact alone knows. */
  readonly changedAt: number
}

/** Who we are towards somebody. Errors: usage `no-profile`. */
export async function identityOf(
  tx: Tx,
  { profile, own_profile: incognito }: { readonly profile: ProfileId; readonly own_profile: string | null },
): Promise<Identity> {
  const alone = profileOf(incognito)
  if (alone !== undefined) return { profile: alone, changedAt: 0 }
  const own = await ownProfile(tx, profile)
  if (own === undefined) throw new HearthError('usage', 'no-profile', 'the profile does not exist')
  return { profile: own.profile, changedAt: own.updatedAt }
}
