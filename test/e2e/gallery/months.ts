import { type Seed, seed } from '../../../bench/seed.ts'
import { EMMA, harbourNews, shortTalk } from './conversations.ts'
import { ownersFigures, servedFigures } from './figures.ts'
import type { Pictures } from './pictures.ts'

/** As Ada's host counts them. */
export type AdasGroups = Readonly<Record<'news' | 'allotments' | 'ferry' | 'choir' | 'cafe', number>>

/** What takes months to come about, written into databases of hosts that are stopped. */
const MEMBERS = 10_432

export function seedAda(dir: string, pictures: Pictures, now: number, groups: AdasGroups): void {
  seed(dir, (seeding) => {
    harbourNews(seeding, groups.news, pictures, now)
    shortTalk(
      seeding,
      groups.ferry,
      [
        { minutes: 1440, text: 'Winter timetable from Monday on', by: 'Ben Okafor' },
        { minutes: 208, text: '8:40 cancelled (fog). 9:10 runs.', by: 'Ben Okafor' },
        { minutes: 42, text: '12:30 will be ten minutes late', by: 'Ben Okafor', unread: true },
      ],
      { pictures, now },
    )
    shortTalk(seeding, groups.allotments, [{ minutes: 300, text: 'I can water on Thursday and Friday.' }], {
      pictures,
      now,
    })
    const rehearsal = { minutes: 1700, text: 'Altos, please look at bar 41 again', by: 'Grace Holloway' }
    shortTalk(
      seeding,
      groups.choir,
      [rehearsal, { ...rehearsal, minutes: 1690, text: 'And bring tea.', unread: true }],
      { pictures, now },
    )
    shortTalk(seeding, groups.cafe, [{ minutes: 2900, text: 'القهوة جاهزة، أهلا وسهلا', by: 'ليلى حداد' }], {
      pictures,
      now,
    })
    ownersFigures(seeding, groups.news, MEMBERS, now)
    for (const [group, count] of [
      [groups.news, MEMBERS],
      [groups.ferry, 1204],
      [groups.allotments, 86],
      [groups.choir, 41],
      [groups.cafe, 312],
    ] as const) {
      // Newcomers count whom they know of.
      if (count < 2000) {
        for (let member = members(seeding, group, 'group_members'); member < count; member++) {
          seeding.member(group, { name: `member ${member}`, joinedAt: now - 86_400_000 })
        }
      }
      seeding.run('UPDATE groups SET member_count = ? WHERE group_id = ?', count, group)
      seeding.run('UPDATE group_relays SET seen_at = ? WHERE group_id = ?', now - 4000, group)
    }
    seeding.run(
      'UPDATE group_members SET wrote_at = ? WHERE member IN (SELECT own_member FROM groups)',
      now - 27 * 60_000,
    )
    seeding.run('UPDATE groups SET muted = 1 WHERE group_id = ?', groups.choir)
    seeding.run('UPDATE groups SET pinned = 1 WHERE group_id = ?', groups.news)
    seeding.run(
      'UPDATE group_relays SET seen_at = ? WHERE member = (SELECT max(member) FROM group_relays WHERE group_id = ?)',
      now - 47 * 60_000,
      groups.news,
    )
    seeding.run('UPDATE groups SET created_at = ? WHERE group_id = ?', now - 41 * 86_400_000, groups.news)
    seeding.run('UPDATE groups SET active_at = (SELECT time FROM chat_messages WHERE message = last_message)')
  })
}

/** How many there are already. */
function members(seeding: Seed, group: number, table: 'group_members' | 'served_members'): number {
  const people = table === 'group_members' ? "AND role != 'relay'" : ''
  return seeding.get<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE group_id = ? ${people}`, group).n
}

/** Spreads the conversation over two days; the last two messages are unread. */
export function seedContact(dir: string, contact: number, now: number): void {
  seed(dir, (seeding) => {
    const { list } = seeding.get<{ list: string }>(
      'SELECT json_group_array(message) AS list FROM (SELECT message FROM contact_messages WHERE contact = ? ORDER BY message)',
      contact,
    )
    const messages = JSON.parse(list) as number[]
    for (const [index, message] of messages.entries()) {
      const time = now - EMMA[index]!.minutes * 60_000
      seeding.run('UPDATE contact_messages SET time = ?, created_at = ? WHERE message = ?', time, time, message)
    }
    seeding.run(
      'UPDATE contacts SET read_message = ?, active_at = ? WHERE contact = ?',
      messages.at(-3),
      now - EMMA.at(-1)!.minutes * 60_000,
      contact,
    )
  })
}

/** Members that were never here: nothing is said in these groups while the pictures are taken. */
export function seedSuperPeer(dir: string, now: number): void {
  seed(dir, (seeding) => {
    const counts: Readonly<Record<string, number>> = {
      'Harbour News': 10_432,
      'Ferry Watch': 1204,
      'Allotment Gardens': 86,
      Choir: 41,
      'مقهى الميناء': 312,
    }
    const { list } = seeding.get<{ list: string }>(
      `SELECT json_group_array(json_object('id', g.group_id, 'name', json_extract(g.group_profile, '$.displayName'))) AS list
       FROM groups g JOIN served_groups s ON s.group_id = g.group_id`,
    )
    for (const { id, name } of JSON.parse(list) as { id: number; name: string }[]) {
      const count = counts[name] ?? 0
      for (let member = members(seeding, id, 'served_members'); member < count; member++) {
        const row = seeding.member(id, { name: `member ${member}`, joinedAt: now - 86_400_000 })
        const state = member % 40 === 7 ? 'paused' : 'live'
        seeding.run(
          `INSERT INTO served_members (member, group_id, conn, state, reason, paused_at, connected_at)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          row,
          id,
          1_000_000 + row,
          state,
          state === 'paused' ? 'quota' : null,
          state === 'paused' ? now : null,
          now - 86_400_000,
        )
      }
      servedFigures(seeding, id, count, Math.sqrt(count / 10_432), now)
      seeding.run(
        'UPDATE served_groups SET created_at = ?, active_at = ? WHERE group_id = ?',
        now - 41 * 86_400_000,
        now - 41 * 86_400_000,
        id,
      )
    }
  })
}
