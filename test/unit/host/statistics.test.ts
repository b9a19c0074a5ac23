import { afterEach, beforeEach, expect, test } from 'vitest'
import { realEnv } from '../../../core/env/real.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { countHours, HOUR } from '../../../core/host/statistics/hours.ts'
import { groupStatistics } from '../../../core/host/statistics/statistics.ts'
import { openStore, type Store, type Tx } from '../../../core/store/database.ts'

const env = realEnv({ log: silentLog })
const DAY = 24 * HOUR
/** Noon of a day. */
const NOW = 20_000 * DAY + 12 * HOUR + 5 * 60_000
const [OWNER, ANN, BEN, OAK, ELM] = [1, 2, 3, 4, 5]

let store: Store

beforeEach(async () => {
  store = await openStore(':memory:', env.clock)
  await store.write(world)
})

afterEach(() => store.close())

async function world(tx: Tx): Promise<void> {
  await tx.run("INSERT INTO profiles (profile, content, created_at, updated_at) VALUES (1, '{}', 0, 0)")
  await tx.run(
    `INSERT INTO groups (group_id, profile, part, status, link, group_profile, own_member_id, own_key, member_count,
       created_at, active_at) VALUES (1, 1, 'owner', 'active', '', '{}', x'', x'', 3, ?, 0)`,
    NOW - 2 * DAY,
  )
  const members: [number, string, string, number][] = [
    [OWNER, 'owner', 'user', NOW - 2 * DAY],
    [ANN, 'author', 'post', NOW - DAY],
    [BEN, 'author', 'post', NOW - 2 * HOUR],
    [OAK, 'relay', 'invitee', NOW - 2 * DAY],
    [ELM, 'relay', 'invitee', NOW - 2 * DAY],
  ]
  for (const [member, role, category, at] of members) {
    await tx.run(
      `INSERT INTO group_members (member, group_id, member_id, role, category, status, name, content, created_at, wrote_at)
       VALUES (?, 1, ?, ?, ?, 'connected', '', '{}', ?, ?)`,
      member,
      Uint8Array.of(member),
      role,
      category,
      at,
      member === BEN ? NOW - HOUR : member === ANN ? NOW - 2 * HOUR : null,
    )
  }
  for (const relay of [OAK, ELM]) {
    await tx.run("INSERT INTO group_relays (member, group_id, status) VALUES (?, 1, 'active')", relay)
  }
}

async function said(tx: Tx, id: number, author: number, time: number): Promise<void> {
  await tx.run(
    `INSERT INTO chat_messages (group_id, shared_msg_id, author, content, text, version_min, version_max, time, created_at)
     VALUES (1, ?, ?, '{}', '', 1, 1, ?, ?)`,
    Uint8Array.of(id),
    author,
    time,
    time,
  )
}

test('messages and writers by the hour, writers of a day once', async () => {
  const { points, writers } = await store.write(async (tx) => {
    await said(tx, 1, ANN, NOW - 3 * HOUR)
    await said(tx, 2, ANN, NOW - 2 * HOUR)
    await said(tx, 3, ANN, NOW - 2 * HOUR)
    await said(tx, 4, BEN, NOW - HOUR)
    const day = await groupStatistics(tx, 1, 'day', NOW, true)
    expect(day.points.slice(-4).map(({ messages, writers }) => [messages, writers])).toEqual([
      [1, 1],
      [2, 1],
      [1, 1],
      [0, 0],
    ])
    expect(day.points).toHaveLength(24)
    return groupStatistics(tx, 1, 'month', NOW, true)
  })
  expect(points).toHaveLength(30)
  expect(points.at(-1)).toMatchObject({ messages: 4, writers: 2, members: 3, joined: 1 })
  expect(points.at(-2)).toMatchObject({ messages: 0, writers: 0, joined: 1 })
  expect(writers).toBe(2)
})

test('what waits, what went out in time', async () => {
  const statistics = await store.write(async (tx) => {
    for (const [send, delay] of [
      [1, 5000],
      [2, 120_000],
    ] as const) {
      await said(tx, send, OWNER, NOW - HOUR)
      await tx.run(
        `INSERT INTO chat_sends (send, group_id, shared_msg_id, message, event, element, notify, created_at)
         VALUES (?, 1, ?, ?, 'x.msg.new', x'', 1, ?)`,
        send,
        Uint8Array.of(send),
        send,
        NOW - HOUR,
      )
      const deliver = (relay: number, state: string) =>
        tx.run(
          'INSERT INTO chat_deliveries (send, relay, state, at) VALUES (?, ?, ?, ?)',
          send,
          relay,
          state,
          NOW - HOUR + delay,
        )
      await deliver(OAK, 'taken')
      await deliver(ELM, 'waiting')
    }
    return groupStatistics(tx, 1, 'day', NOW, true)
  })
  expect(statistics.waiting).toEqual({ events: 2, oldest: NOW - HOUR })
  expect(statistics.superPeers.map(({ superPeer, waiting }) => [superPeer, waiting])).toEqual([
    [OAK, 0],
    [ELM, 2],
  ])
  expect(statistics.points.at(-2)).toMatchObject({ sent: 2, prompt: 1 })
})

test('super-peers are compared by what they delivered and how late', async () => {
  const statistics = await store.write(async (tx) => {
    for (const id of [1, 2]) {
      const at = NOW - HOUR + id
      await tx.run(
        `INSERT INTO chat_events (group_id, shared_msg_id, event, sender, digest, received_at)
         VALUES (1, ?, 'x.msg.new', ?, x'00', ?)`,
        Uint8Array.of(id),
        ANN,
        at,
      )
      const copy = (relay: number, late: number) =>
        tx.run(
          "INSERT INTO chat_copies (group_id, shared_msg_id, relay, digest, received_at) VALUES (1, ?, ?, x'00', ?)",
          Uint8Array.of(id),
          relay,
          at + late,
        )
      await copy(OAK, 0)
      if (id === 1) await copy(ELM, 300)
    }
    return groupStatistics(tx, 1, 'week', NOW, true)
  })
  expect(statistics.superPeers).toEqual([
    { superPeer: OAK, delivered: 2, expected: 2, lag: 0, waiting: 0 },
    { superPeer: ELM, delivered: 1, expected: 2, lag: 300, waiting: 0 },
  ])
})

test('what a super-peer says itself is nothing that others failed to deliver', async () => {
  const statistics = await store.write(async (tx) => {
    for (const relay of [OAK, ELM]) {
      const id = Uint8Array.of(relay)
      await tx.run(
        `INSERT INTO chat_events (group_id, shared_msg_id, event, sender, digest, received_at)
         VALUES (1, ?, 'x.grp.roster.ack', ?, x'00', ?)`,
        id,
        relay,
        NOW - HOUR,
      )
      await tx.run(
        "INSERT INTO chat_copies (group_id, shared_msg_id, relay, digest, received_at) VALUES (1, ?, ?, x'00', ?)",
        id,
        relay,
        NOW - HOUR,
      )
    }
    return groupStatistics(tx, 1, 'week', NOW, true)
  })
  expect(statistics.superPeers.map(({ delivered, expected }) => [delivered, expected])).toEqual([
    [0, 0],
    [0, 0],
  ])
})

test('counting again changes nothing, and an hour without the host has no member count', async () => {
  const [first, second] = await store.write(async (tx) => {
    await said(tx, 1, ANN, NOW - 2 * HOUR)
    const counted = async () => tx.all('SELECT * FROM group_hours ORDER BY hour')
    await countHours(tx, 1, NOW)
    const once = await counted()
    await countHours(tx, 1, NOW + 1000)
    return [once, await counted()]
  })
  expect(second).toEqual(first)
  expect(first).toContainEqual(expect.objectContaining({ messages: 1, members: null }))
})

test('members see no statistics', async () => {
  const asked = store.write(async (tx) => {
    await tx.run("UPDATE groups SET part = 'member'")
    return groupStatistics(tx, 1, 'day', NOW, true)
  })
  await expect(asked).rejects.toMatchObject({ kind: 'usage', code: 'not-owner' })
})
