import type { Seed } from '../../../bench/seed.ts'

const HOUR = 3_600_000
const DAYS = 30

/** Thirty days of an owner's figures: more by day than by night, and growing. */
export function ownersFigures(seed: Seed, group: number, members: number, now: number): void {
  const last = Math.floor(now / HOUR)
  const relays = [0, ...relaysOf(seed, group)]
  for (let hour = last - DAYS * 24; hour <= last; hour++) {
    const day = daylight(hour)
    const age = last - hour
    const messages = Math.round(day * (9 + 5 * wave(hour, 7)))
    const writers = Math.round(messages * 0.6)
    const sent = day > 0.5 ? Math.round(wave(hour, 3) * 2) : 0
    seed.run(
      `INSERT INTO group_hours (group_id, hour, members, waiting, messages, writers, fresh, joined, gone, sent, prompt)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      group,
      hour,
      Math.round(members - age * 0.85 - 30 * wave(hour, 60)),
      age < 2 ? 1 : 0,
      messages,
      writers,
      Math.round(writers * 0.4),
      Math.round(day * 2.4 * wave(hour, 5)),
      Math.round(day * 0.9 * wave(hour, 11)),
      sent,
      sent,
    )
    for (const [index, member] of relays.entries()) {
      // The third is silent since this morning.
      const delivered = index === 3 && age < 3 ? 0 : Math.round(messages * [1, 1, 0.995, 0.97][index]!)
      seed.run(
        'INSERT INTO relay_hours (group_id, member, hour, delivered, lag) VALUES (?, ?, ?, ?, ?)',
        group,
        member,
        hour,
        delivered,
        delivered * [0, 120, 310, 940][index]!,
      )
    }
  }
}

function relaysOf(seed: Seed, group: number): number[] {
  const { list } = seed.get<{ list: string }>(
    'SELECT json_group_array(member) AS list FROM (SELECT member FROM group_relays WHERE group_id = ? ORDER BY member)',
    group,
  )
  return JSON.parse(list) as number[]
}

/** What a super-peer passed on in the last day. */
export function servedFigures(seed: Seed, group: number, members: number, share: number, now: number): void {
  const last = Math.floor(now / HOUR)
  let received = 0
  for (let hour = last - 23; hour <= last; hour++) {
    const messages = Math.round(daylight(hour) * (14 + 6 * wave(hour, 5)) * share)
    received += messages
    seed.run(
      `INSERT OR REPLACE INTO served_counters (group_id, hour, received, forwarded, bytes, joined, gone)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      group,
      hour,
      messages,
      messages * members,
      messages * members * 900,
      Math.round(daylight(hour) * 2 * share),
      Math.round(daylight(hour) * share),
    )
  }
  seed.run(
    'UPDATE served_groups SET received = ?, forwarded = ? WHERE group_id = ?',
    received * 31,
    received * 31 * members,
    group,
  )
}

/** 0 at night, 1 in the afternoon. */
function daylight(hour: number): number {
  return Math.max(0.04, Math.sin((((hour % 24) - 6) / 18) * Math.PI))
}

/** Something between 0 and 1 that looks like chance and is none. */
function wave(hour: number, period: number): number {
  return (Math.sin(hour / period) + Math.sin(hour / (period * 0.37)) + 2) / 4
}
