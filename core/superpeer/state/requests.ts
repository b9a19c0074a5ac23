import type { Selectable } from 'kysely'
import { type GroupProfile, groupProfile, profile } from '../../chat/profile.ts'
import type { GroupId } from '../../group/api.ts'
import type { Tx } from '../../store/database.ts'
import type { ServingRequestState, ServingRequestsTable } from '../../store/schema/superpeer.ts'
import type { ServingRequest, ServingRequestId } from '../api.ts'

export type RequestRow = Selectable<ServingRequestsTable>

export function requestView(row: RequestRow): ServingRequest {
  const group = row.group_profile === null ? undefined : groupProfile.decode(JSON.parse(row.group_profile))
  return {
    id: row.serving_request,
    state: row.state,
    groupLink: row.link,
    groupName: group?.displayName,
    groupImage: group?.image,
    owner: profile.decode(JSON.parse(row.owner_profile)),
    attempts: row.attempts,
    retryAt: row.retry_at ?? undefined,
    error: row.error ?? undefined,
    receivedAt: row.created_at,
  }
}

export async function insertRequest(
  tx: Tx,
  values: Omit<RequestRow, 'serving_request' | 'group_profile' | 'attempts' | 'retry_at' | 'retry_delay' | 'error'>,
): Promise<RequestRow> {
  const inserted = await tx.query.insertInto('serving_requests').values(values).executeTakeFirstOrThrow()
  return (await requestById(tx, Number(inserted.insertId)))!
}

export async function requestById(tx: Tx, id: ServingRequestId): Promise<RequestRow | undefined> {
  return tx.get<RequestRow>('SELECT * FROM serving_requests WHERE serving_request = ?', id)
}

export async function allRequests(tx: Tx): Promise<RequestRow[]> {
  return tx.all<RequestRow>('SELECT * FROM serving_requests ORDER BY serving_request')
}

export async function requestCount(tx: Tx): Promise<number> {
  const row = await tx.get<{ count: number }>('SELECT count(*) AS count FROM serving_requests')
  return row?.count ?? 0
}

/** Requests to work on now, and for those that wait for a person the group's name, once. */
export async function workableRequest(tx: Tx, now: number): Promise<RequestRow | undefined> {
  return tx.get<RequestRow>(
    `SELECT * FROM serving_requests WHERE (retry_at IS NULL OR retry_at <= ?)
       AND (state = 'accepted' OR (state = 'waiting' AND group_profile IS NULL))
     ORDER BY coalesce(retry_at, 0), serving_request LIMIT 1`,
    now,
  )
}

export async function nextRetry(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<{ at: number | null }>(
    `SELECT min(retry_at) AS at FROM serving_requests
     WHERE state = 'accepted' OR (state = 'waiting' AND group_profile IS NULL)`,
  )
  return row?.at ?? undefined
}

export async function setRequestState(tx: Tx, id: ServingRequestId, state: ServingRequestState): Promise<void> {
  await tx.run(
    'UPDATE serving_requests SET state = ?, retry_at = NULL, retry_delay = NULL, attempts = 0, error = NULL WHERE serving_request = ?',
    state,
    id,
  )
}

export async function setRequestGroup(
  tx: Tx,
  id: ServingRequestId,
  values: { readonly group: GroupId | null; readonly profile: GroupProfile },
): Promise<void> {
  await tx.run(
    'UPDATE serving_requests SET group_id = coalesce(?, group_id), group_profile = ?, retry_at = NULL WHERE serving_request = ?',
    values.group,
    JSON.stringify(groupProfile.encode(values.profile)),
    id,
  )
}

export async function setRequestFailure(
  tx: Tx,
  id: ServingRequestId,
  failure: {
    readonly state: ServingRequestState
    readonly retryAt: number | null
    readonly delay: number | null
    readonly error: string
  },
): Promise<void> {
  await tx.run(
    `UPDATE serving_requests SET state = ?, attempts = attempts + 1, retry_at = ?, retry_delay = ?, error = ?
     WHERE serving_request = ?`,
    failure.state,
    failure.retryAt,
    failure.delay,
    failure.error,
    id,
  )
}

export async function deleteRequest(tx: Tx, id: ServingRequestId): Promise<void> {
  await tx.run('DELETE FROM serving_requests WHERE serving_request = ?', id)
}
