import { base64url } from '../codec/base64url.ts'
import type { GroupId } from '../group/api.ts'
import { groupById } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import type { HourFigures, ServedGroup, SuperPeerStatistics } from './api.ts'
import { hourOf, type Served, servedGroups } from './state/served.ts'

/** Figures for the host's screens; nothing here leaves the host. */

const HOUR = 3600_000
const HOURS = 24

export async function servedGroupViews(tx: Tx): Promise<ServedGroup[]> {
  const views: ServedGroup[] = []
  for (const served of await servedGroups(tx)) {
    const view = await servedGroupView(tx, served)
    if (view !== undefined) views.push(view)
  }
  return views
}

async function servedGroupView(tx: Tx, served: Served): Promise<ServedGroup | undefined> {
  const group = await groupById(tx, served.group_id)
  if (group === undefined) return undefined
  const states = await statesOf(tx, served.group_id)
  const backlog = await backlogOf(tx, served.group_id)
  const paused = (states.paused ?? 0) + (states['catching-up'] ?? 0)
  return {
    id: group.id,
    name: group.groupProfile.displayName,
    image: group.groupProfile.image,
    groupLink: group.link,
    link: served.link ?? undefined,
    publicGroupId: group.publicGroupId && base64url(group.publicGroupId),
    status: served.status,
    members: (states.live ?? 0) + paused,
    paused,
    messages: served.received,
    forwarded: served.forwarded,
    backlog: backlog.tasks + backlog.jobs,
    refused: served.refused,
    since: served.created_at,
    activeAt: served.active_at ?? undefined,
    inactiveAt: served.inactive_at ?? undefined,
  }
}

async function statesOf(tx: Tx, group: GroupId | undefined): Promise<Record<string, number>> {
  const rows = await tx.all<{ state: string; count: number }>(
    'SELECT state, count(*) AS count FROM served_members WHERE ? IS NULL OR group_id = ? GROUP BY state',
    group ?? null,
    group ?? null,
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

async function backlogOf(
  tx: Tx,
  group: GroupId | undefined,
): Promise<{ readonly tasks: number; readonly jobs: number; readonly oldest: number | undefined }> {
  const id = group ?? null
  const tasks = await tx.get<{ count: number; oldest: number | null }>(
    'SELECT count(*) AS count, min(created_at) AS oldest FROM delivery_tasks WHERE ? IS NULL OR group_id = ?',
    id,
    id,
  )
  const jobs = await tx.get<{ count: number; oldest: number | null }>(
    'SELECT count(*) AS count, min(created_at) AS oldest FROM delivery_jobs WHERE done = 0 AND (? IS NULL OR group_id = ?)',
    id,
    id,
  )
  const times = [tasks?.oldest, jobs?.oldest].filter((time) => typeof time === 'number')
  return {
    tasks: tasks?.count ?? 0,
    jobs: jobs?.count ?? 0,
    oldest: times.length === 0 ? undefined : Math.min(...times),
  }
}

export async function superPeerStatistics(tx: Tx, now: number, group?: GroupId): Promise<SuperPeerStatistics> {
  const id = group ?? null
  const states = await statesOf(tx, group)
  const backlog = await backlogOf(tx, group)
  const reasons = await tx.all<{ reason: string | null; count: number }>(
    `SELECT reason, count(*) AS count FROM served_members
     WHERE state = 'paused' AND (? IS NULL OR group_id = ?) GROUP BY reason`,
    id,
    id,
  )
  const pausedFor = (reason: string) => reasons.find((row) => row.reason === reason)?.count ?? 0
  const kept = await tx.get<{ count: number; bytes: number | null }>(
    'SELECT count(*) AS count, sum(size) AS bytes FROM delivery_jobs WHERE ? IS NULL OR group_id = ?',
    id,
    id,
  )
  const sums = await tx.get<{ groups: number; received: number; forwarded: number; refused: number }>(
    `SELECT count(*) AS groups, coalesce(sum(received), 0) AS received, coalesce(sum(forwarded), 0) AS forwarded,
       coalesce(sum(refused), 0) AS refused FROM served_groups WHERE ? IS NULL OR group_id = ?`,
    id,
    id,
  )
  return {
    groups: sums?.groups ?? 0,
    connected: (states.live ?? 0) + (states.paused ?? 0) + (states['catching-up'] ?? 0),
    connecting: states.connecting ?? 0,
    paused: {
      quota: pausedFor('quota'),
      backlog: pausedFor('backlog'),
      catchingUp: pausedFor('window') + (states['catching-up'] ?? 0),
    },
    disabled: states.disabled ?? 0,
    jobs: { pending: backlog.jobs, kept: kept?.count ?? 0, keptBytes: kept?.bytes ?? 0 },
    tasks: backlog.tasks,
    lag: backlog.oldest === undefined ? 0 : Math.max(0, now - backlog.oldest),
    received: sums?.received ?? 0,
    forwarded: sums?.forwarded ?? 0,
    refused: sums?.refused ?? 0,
    hours: await hourFigures(tx, now, group),
  }
}

async function hourFigures(tx: Tx, now: number, group: GroupId | undefined): Promise<HourFigures[]> {
  const rows = await tx.all<Omit<HourFigures, 'at'> & { hour: number }>(
    `SELECT hour, sum(received) AS received, sum(forwarded) AS forwarded, sum(bytes) AS bytes, sum(refused) AS refused,
       sum(joined) AS joined, sum(gone) AS gone, sum(missed) AS missed
     FROM served_counters WHERE hour > ? AND (? IS NULL OR group_id = ?) GROUP BY hour ORDER BY hour`,
    hourOf(now) - HOURS,
    group ?? null,
    group ?? null,
  )
  return rows.map(({ hour, ...figures }) => ({ at: hour * HOUR, ...figures }))
}
