import type { Selectable } from 'kysely'
import type { ConnId } from '../../../agent/api.ts'
import type { VersionRange } from '../../../codec/version.ts'
import type { Tx } from '../../../store/database.ts'
import type { ContactInvitationsTable, ContactRequestsTable } from '../../../store/schema/contacts.ts'
import { msgContent } from '../../content.ts'
import type { ContactRequest } from '../../events/contact.ts'
import { profile as profileCodec } from '../../profile.ts'
import type { ProfileId } from '../../state/profiles.ts'
import type { ContactRequestId, ContactRequestView, InvitationId, InvitationView } from '../api.ts'
import { profileOf } from './contacts.ts'

/** Who is not a contact yet: those who ask, and own links that wait for somebody. */
export type RequestRow = Selectable<ContactRequestsTable>
export type InvitationRow = Selectable<ContactInvitationsTable>

export interface NewRequest {
  readonly profile: ProfileId
  readonly agentRequest: number
  readonly asked: ContactRequest
  readonly versions: VersionRange
  readonly now: number
}

export async function insertRequest(tx: Tx, values: NewRequest): Promise<ContactRequestId> {
  const { asked } = values
  const said = asked.msgId !== undefined && asked.content !== undefined
  const row = await tx.get<{ request: number }>(
    `INSERT INTO contact_requests (profile, agent_request, request_id, name, content, version_min, version_max,
       shared_msg_id, message, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING request`,
    values.profile,
    values.agentRequest,
    asked.contactReqId ?? null,
    asked.profile.displayName,
    JSON.stringify(profileCodec.encode(asked.profile)),
    values.versions.min,
    values.versions.max,
    said ? asked.msgId! : null,
    said ? JSON.stringify(msgContent.encode(asked.content!)) : null,
    values.now,
  )
  return row!.request
}

export async function requestRow(tx: Tx, request: ContactRequestId): Promise<RequestRow | undefined> {
  return tx.get<RequestRow>('SELECT * FROM contact_requests WHERE request = ?', request)
}

/** An earlier request of the same person at the same address (chat §2.2). */
export async function requestBefore(
  tx: Tx,
  profile: ProfileId,
  requestId: Uint8Array,
): Promise<RequestRow | undefined> {
  return tx.get<RequestRow>('SELECT * FROM contact_requests WHERE profile = ? AND request_id = ?', profile, requestId)
}

export async function requestRows(tx: Tx, profile?: ProfileId): Promise<RequestRow[]> {
  if (profile === undefined) return tx.all<RequestRow>('SELECT * FROM contact_requests ORDER BY request')
  return tx.all<RequestRow>('SELECT * FROM contact_requests WHERE profile = ? ORDER BY request', profile)
}

export async function deleteRequest(tx: Tx, request: ContactRequestId): Promise<void> {
  await tx.run('DELETE FROM contact_requests WHERE request = ?', request)
}

export function requestView(row: RequestRow): ContactRequestView {
  const peer = profileCodec.decode(JSON.parse(row.content))
  return {
    id: row.request,
    profile: row.profile,
    displayName: peer.displayName,
    fullName: peer.fullName,
    description: peer.shortDescr ?? peer.description,
    image: peer.image,
    text: row.message === null ? undefined : msgContent.decode(JSON.parse(row.message)).text,
    createdAt: row.created_at,
  }
}

export interface NewInvitation {
  readonly profile: ProfileId
  readonly ownProfile: string | null
  readonly conn: ConnId
  readonly link: string
  readonly fullLink: string
  readonly now: number
}

export async function insertInvitation(tx: Tx, values: NewInvitation): Promise<InvitationRow> {
  const row = await tx.get<InvitationRow>(
    `INSERT INTO contact_invitations (profile, own_profile, conn, link, full_link, created_at)
     VALUES (?, ?, ?, ?, ?, ?) RETURNING *`,
    values.profile,
    values.ownProfile,
    values.conn,
    values.link,
    values.fullLink,
    values.now,
  )
  return row!
}

export async function invitationRow(tx: Tx, invitation: InvitationId): Promise<InvitationRow | undefined> {
  return tx.get<InvitationRow>('SELECT * FROM contact_invitations WHERE invitation = ?', invitation)
}

export async function invitationRows(tx: Tx): Promise<InvitationRow[]> {
  return tx.all<InvitationRow>('SELECT * FROM contact_invitations ORDER BY invitation')
}

export async function deleteInvitation(tx: Tx, invitation: InvitationId): Promise<void> {
  await tx.run('DELETE FROM contact_invitations WHERE invitation = ?', invitation)
}

export function invitationView(row: InvitationRow): InvitationView {
  return {
    id: row.invitation,
    profile: row.profile,
    link: row.link,
    incognito: profileOf(row.own_profile),
    error: row.error ?? undefined,
    createdAt: row.created_at,
  }
}
