import { HearthError } from '../../codec/error.ts'
import type { GroupId } from '../../group/api.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupStatistics, StatisticsPoint, StatisticsRange, SuperPeerFigures } from '../contract/types.ts'
import { countHours, HOUR, waitingEvents } from './hours.ts'

const DAY = 24 * HOUR

/** Length in milliseconds and size of a step. */
const RANGES: Readonly<Record<StatisticsRange, { readonly length: number | undefined; readonly step: number }>> = {
  day: { length: DAY, step: HOUR },
  week: { length: 7 * DAY, step: HOUR },
  month: { length: 30 * DAY, step: DAY },
  all: { length: undefined, step: DAY },
}

/** What the owner sees of a group. Errors: usage `no-group`, usage `not-owner`. */
export async function groupStatistics(
  tx: Tx,
  group: GroupId,
  range: StatisticsRange,
  now: number,
  counting: boolean,
): Promise<GroupStatistics> {
  const row = await tx.get<{ part: string; status: string; member_count: number; created_at: number }>(
    'SELECT part, status, member_count, created_at FROM groups WHERE group_id = ?',
    group,
  )
  if (row === undefined) throw new HearthError('usage', 'no-group', 'there is no such group')
  if (row.part !== 'owner') throw new HearthError('usage', 'not-owner', 'only owners see statistics')
  if (counting && row.status === 'active') await countHours(tx, group, now)

  const { length, step } = RANGES[range]
  const end = Math.floor(now / step) * step + step
  const from = length === undefined ? Math.floor(row.created_at / step) * step : end - length
  const points = await pointsOf(tx, group, from, end, step)
  const writers = await tx.get<{ count: number }>(
    "SELECT count(*) AS count FROM group_members WHERE group_id = ? AND role <> 'relay' AND wrote_at >= ?",
    group,
    from,
  )
  const waiting = await waitingEvents(tx, group)
  return {
    group,
    range,
    from,
    to: end,
    step,
    counting,
    members: row.member_count,
    writers: writers?.count ?? 0,
    waiting: { events: waiting.events, oldest: waiting.oldest },
    before: length === undefined ? undefined : await before(tx, group, from, length),
    points,
    superPeers: await superPeerFigures(tx, group, from, waiting.by),
  }
}

async function pointsOf(tx: Tx, group: GroupId, from: number, end: number, step: number): Promise<StatisticsPoint[]> {
  const size = step / HOUR
  const rows = await tx.all<{
    step: number
    members: number | null
    waiting: number | null
    messages: number
    writers: number
    fresh: number
    joined: number
    gone: number
    sent: number
    prompt: number
  }>(
    `SELECT hour / ${size} AS step, max(members) AS members, max(waiting) AS waiting, sum(messages) AS messages,
       max(writers) AS writers, sum(fresh) AS fresh, sum(joined) AS joined, sum(gone) AS gone, sum(sent) AS sent,
       sum(prompt) AS prompt
     FROM group_hours WHERE group_id = ? AND hour >= ? AND hour < ? GROUP BY step`,
    group,
    Math.floor(from / HOUR),
    Math.floor(end / HOUR),
  )
  const byStep = new Map(rows.map((row) => [row.step, row]))
  const points: StatisticsPoint[] = []
  for (let at = from; at < end; at += step) {
    const found = byStep.get(Math.floor(at / step))
    points.push({
      at,
      members: found?.members ?? undefined,
      waiting: found?.waiting ?? undefined,
      messages: found?.messages ?? 0,
      writers: (size === 1 ? found?.writers : found?.fresh) ?? 0,
      joined: found?.joined ?? 0,
      gone: found?.gone ?? 0,
      sent: found?.sent ?? 0,
      prompt: found?.prompt ?? 0,
    })
  }
  return points
}

/** The same length of time before: what the tiles compare with. Undefined where the figures do not reach so far. */
async function before(tx: Tx, group: GroupId, from: number, length: number): Promise<GroupStatistics['before']> {
  const [end, begin] = [Math.floor(from / HOUR), Math.floor((from - length) / HOUR)]
  const members = await tx.get<{ members: number }>(
    'SELECT members FROM group_hours WHERE group_id = ? AND hour < ? AND members IS NOT NULL ORDER BY hour DESC LIMIT 1',
    group,
    end,
  )
  const messages = await tx.get<{ messages: number | null; first: number | null }>(
    `SELECT sum(messages) AS messages, (SELECT min(hour) FROM group_hours WHERE group_id = ?) AS first
     FROM group_hours WHERE group_id = ? AND hour >= ? AND hour < ?`,
    group,
    group,
    begin,
    end,
  )
  const reaches = messages?.first != null && messages.first <= begin
  return { members: members?.members, messages: reaches ? (messages.messages ?? 0) : undefined }
}

async function superPeerFigures(
  tx: Tx,
  group: GroupId,
  from: number,
  waiting: ReadonlyMap<number, number>,
): Promise<SuperPeerFigures[]> {
  const rows = await tx.all<{ member: number; delivered: number; lag: number }>(
    `SELECT member, sum(delivered) AS delivered, sum(lag) AS lag FROM relay_hours
     WHERE group_id = ? AND hour >= ? GROUP BY member`,
    group,
    Math.floor(from / HOUR),
  )
  const expected = rows.find(({ member }) => member === 0)?.delivered ?? 0
  const relays = await tx.all<{ member: number }>(
    'SELECT member FROM group_relays WHERE group_id = ? ORDER BY member',
    group,
  )
  return relays.map(({ member }) => {
    const found = rows.find((row) => row.member === member)
    return {
      superPeer: member,
      delivered: found?.delivered ?? 0,
      expected,
      lag: found === undefined || found.delivered === 0 ? undefined : found.lag / found.delivered,
      waiting: waiting.get(member) ?? 0,
    }
  })
}
