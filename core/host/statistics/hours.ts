import type { GroupId } from '../../group/api.ts'
import type { Tx } from '../../store/database.ts'

/** Hourly figures of own groups: counts only, made from what the host keeps anyway. They never leave the host. */

export const HOUR = 3_600_000
const DAY_HOURS = 24
/** Messages can come late: so many past hours are counted again. */
const AGAIN = 3 * DAY_HOURS
/** A message counts as prompt where a super-peer's router took it within this time. */
const PROMPT = 60_000

/** Own groups that are in use. */
export async function ownGroups(tx: Tx): Promise<GroupId[]> {
  const rows = await tx.all<{ group_id: number }>(
    "SELECT group_id FROM groups WHERE part = 'owner' AND status IN ('ready', 'active')",
  )
  return rows.map((row) => row.group_id)
}

/** Brings the figures of one group up to `now`. */
export async function countHours(tx: Tx, group: GroupId, now: number): Promise<void> {
  const hour = Math.floor(now / HOUR)
  const from = await firstHour(tx, group, hour)
  await countMessages(tx, group, from)
  await countMembers(tx, group, from)
  await countSent(tx, group, from)
  await countCopies(tx, group, from)
  const waiting = await waitingEvents(tx, group)
  await tx.run(
    `INSERT INTO group_hours (group_id, hour, members, waiting)
     SELECT group_id, ?, member_count, ? FROM groups WHERE group_id = ?
     ON CONFLICT DO UPDATE SET members = excluded.members, waiting = excluded.waiting`,
    hour,
    waiting.events,
    group,
  )
}

/** A whole day (UTC): first messages of a day are counted by its hours. */
async function firstHour(tx: Tx, group: GroupId, hour: number): Promise<number> {
  const last = await tx.get<{ hour: number | null }>(
    'SELECT max(hour) AS hour FROM group_hours WHERE group_id = ?',
    group,
  )
  const created = await tx.get<{ at: number }>('SELECT created_at AS at FROM groups WHERE group_id = ?', group)
  const begin = Math.floor((created?.at ?? 0) / HOUR)
  const from = last?.hour == null ? begin : Math.max(begin, Math.min(last.hour, hour) - AGAIN)
  return from - (from % DAY_HOURS)
}

async function countMessages(tx: Tx, group: GroupId, from: number): Promise<void> {
  const rows = await tx.all<{ hour: number; messages: number; writers: number; fresh: number }>(
    `WITH said AS MATERIALIZED (
       SELECT time / ${HOUR} AS hour, coalesce(author, 0) AS author FROM chat_messages
       WHERE group_id = ? AND time >= ? AND kind = 'content' AND scope IS NULL),
     first AS (SELECT min(hour) AS hour FROM said GROUP BY hour / ${DAY_HOURS}, author)
     SELECT hour, count(*) AS messages, count(DISTINCT author) AS writers,
       (SELECT count(*) FROM first WHERE first.hour = said.hour) AS fresh
     FROM said GROUP BY hour`,
    group,
    from * HOUR,
  )
  await tx.runEach(
    `INSERT INTO group_hours (group_id, hour, messages, writers, fresh) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET messages = excluded.messages, writers = excluded.writers, fresh = excluded.fresh`,
    rows.map(({ hour, messages, writers, fresh }) => [group, hour, messages, writers, fresh]),
  )
}

async function countMembers(tx: Tx, group: GroupId, from: number): Promise<void> {
  const rows = await tx.all<{ hour: number; joined: number; gone: number }>(
    `SELECT hour, sum(joined) AS joined, sum(gone) AS gone FROM (
       SELECT coalesce(joined_at, created_at) / ${HOUR} AS hour, 1 AS joined, 0 AS gone FROM group_members
         WHERE group_id = ? AND role <> 'relay' AND category <> 'user' AND status <> 'unknown'
       UNION ALL
       SELECT removed_at / ${HOUR}, 0, 1 FROM group_members
         WHERE group_id = ? AND role <> 'relay' AND removed_at IS NOT NULL)
     WHERE hour >= ? GROUP BY hour`,
    group,
    group,
    from,
  )
  await tx.runEach(
    `INSERT INTO group_hours (group_id, hour, joined, gone) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET joined = excluded.joined, gone = excluded.gone`,
    rows.map(({ hour, joined, gone }) => [group, hour, joined, gone]),
  )
}

async function countSent(tx: Tx, group: GroupId, from: number): Promise<void> {
  const rows = await tx.all<{ hour: number; sent: number; prompt: number }>(
    `SELECT created_at / ${HOUR} AS hour, count(*) AS sent, sum(EXISTS (
         SELECT 1 FROM chat_deliveries d
         WHERE d.send = s.send AND d.state = 'taken' AND d.at - s.created_at <= ${PROMPT})) AS prompt
     FROM chat_sends s WHERE group_id = ? AND created_at >= ? AND message IS NOT NULL GROUP BY hour`,
    group,
    from * HOUR,
  )
  await tx.runEach(
    `INSERT INTO group_hours (group_id, hour, sent, prompt) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET sent = excluded.sent, prompt = excluded.prompt`,
    rows.map(({ hour, sent, prompt }) => [group, hour, sent, prompt]),
  )
}

/** What a super-peer says itself, none of the others can deliver. */
async function countCopies(tx: Tx, group: GroupId, from: number): Promise<void> {
  const rows = await tx.all<{ hour: number; member: number; delivered: number; lag: number }>(
    `WITH heard AS MATERIALIZED (
       SELECT shared_msg_id, e.received_at FROM chat_events e JOIN group_members m ON m.member = e.sender
       WHERE e.received_at >= ? AND e.group_id = ? AND e.digest IS NOT NULL AND m.role <> 'relay'),
     copies AS MATERIALIZED (
       SELECT heard.received_at / ${HOUR} AS hour, c.relay AS member, c.shared_msg_id AS id,
         max(0, c.received_at - heard.received_at) AS lag
       FROM heard CROSS JOIN chat_copies c ON c.group_id = ? AND c.shared_msg_id = heard.shared_msg_id)
     SELECT hour, member, count(*) AS delivered, sum(lag) AS lag FROM copies GROUP BY hour, member
     UNION ALL
     SELECT hour, 0, count(DISTINCT id), 0 FROM copies GROUP BY hour`,
    from * HOUR,
    group,
    group,
  )
  await tx.runEach(
    `INSERT INTO relay_hours (group_id, member, hour, delivered, lag) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET delivered = excluded.delivered, lag = excluded.lag`,
    rows.map(({ hour, member, delivered, lag }) => [group, member, hour, delivered, lag]),
  )
}

interface Waiting {
  readonly events: number
  /** By super-peer. */
  readonly by: ReadonlyMap<number, number>
  /** When the oldest was written. */
  readonly oldest: number | undefined
}

/** Own events that are not with every super-peer yet. */
export async function waitingEvents(tx: Tx, group: GroupId): Promise<Waiting> {
  const rows = await tx.all<{ relay: number; send: number; created_at: number }>(
    `SELECT d.relay, d.send, s.created_at FROM group_relays r
     CROSS JOIN chat_deliveries d ON d.relay = r.member AND d.state IN ('waiting', 'queued')
     CROSS JOIN chat_sends s ON s.send = d.send
     WHERE r.group_id = ? LIMIT 100000`,
    group,
  )
  const by = new Map<number, number>()
  for (const { relay } of rows) by.set(relay, (by.get(relay) ?? 0) + 1)
  const events = new Set(rows.map(({ send }) => send)).size
  const oldest = rows.reduce((least, row) => Math.min(least, row.created_at), Number.POSITIVE_INFINITY)
  return { events, by, oldest: rows.length === 0 ? undefined : oldest }
}
