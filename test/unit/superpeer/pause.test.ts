import { expect, test } from 'vitest'
import { expectComplete, recordsOf, type Said, scene } from './scene.ts'

test('a member that was away gets all 400 messages in order, and nobody waits for it', async () => {
  const { world, owner, member, hosts } = await scene(2)
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.away()
  const said: Said[] = []
  for (let i = 0; i < 400; i++) {
    const by = i % 3 === 0 ? bob : owner
    said.push({ by, text: `${i}` })
    await by.say(`${i}`)
  }
  await world.time.until(() => owner.texts().length === 2 * said.filter(({ by }) => by === bob).length)
  await world.time.until(() => bob.texts().length === 2 * said.filter(({ by }) => by === owner).length)
  await world.time.pass(10_000)
  for (const host of hosts) {
    const statistics = await host.superPeer.statistics()
    expect(statistics.paused).toEqual({ quota: 1, backlog: 0, catchingUp: 0 })
    expect(statistics.jobs.pending).toBe(0)
  }
  const rows = await hosts[0]!.query<{ n: number }>('SELECT count(*) AS n FROM fake_out')
  expect(rows[0]!.n).toBeLessThanOrEqual(64)
  await alice.back()
  await world.time.until(() => alice.texts().length === 2 * said.length)
  const more = [{ by: owner, text: 'after' }]
  await owner.say('after')
  await world.time.until(() => alice.texts().length === 2 * (said.length + 1))
  await world.time.pass(60_000)
  expectComplete(alice, owner.relays, [...said, ...more])
  for (const relay of owner.relays) expect(recordsOf(alice, relay, bob)).toBe(1)
  const statistics = await hosts[0]!.superPeer.statistics()
  expect(statistics.paused).toEqual({ quota: 0, backlog: 0, catchingUp: 0 })
  expect(world.network.errors).toEqual([])
})

test('writing goes on while a member catches up, without a gap or a copy', async () => {
  const { world, owner, member } = await scene(1)
  world.network.quota = 16
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.away()
  const said: Said[] = []
  const say = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const by = i % 2 === 0 ? bob : owner
      const text = `${said.length} ${'x'.repeat(2000)}`
      said.push({ by, text })
      await by.say(text)
    }
  }
  await say(100)
  await world.time.pass(5000)
  await alice.back()
  for (let round = 0; round < 10; round++) {
    await say(5)
    await world.time.pass(40)
  }
  await world.time.until(() => alice.texts().length === said.length)
  await world.time.pass(60_000)
  expectComplete(alice, owner.relays, said)
  expectComplete(bob, owner.relays, said)
})

test('a member who writes while it is paused does not get its own messages when it catches up', async () => {
  const { world, owner, member } = await scene(1)
  world.network.quota = 4
  const [alice, bob] = [await member('alice'), await member('bob')]
  const said: Said[] = []
  await alice.away()
  for (let i = 0; i < 20; i++) {
    said.push({ by: bob, text: `b${i}` })
    await bob.say(`b${i}`)
  }
  await world.time.pass(5000)
  await alice.back()
  for (let i = 0; i < 5; i++) {
    said.push({ by: alice, text: `a${i}` }, { by: bob, text: `b later ${i}` })
    await alice.say(`a${i}`)
    await bob.say(`b later ${i}`)
  }
  await world.time.until(() => alice.texts().length === 25 && bob.texts().length === 5)
  await world.time.pass(60_000)
  for (const person of [owner, alice, bob]) expectComplete(person, owner.relays, said)
})

test('what is older than the retention is lost for a member that is away, records are sent again', async () => {
  const { world, owner, member, hosts } = await scene(1, { settings: { retentionAge: 3_600_000 }, history: false })
  world.network.quota = 4
  const relay = owner.relays[0]!
  const [alice, bob, carol] = [await member('alice'), await member('bob'), await member('carol')]
  await bob.say('known')
  await world.time.until(() => alice.texts().length === 1)
  await alice.away()
  for (let i = 0; i < 20; i++) {
    await carol.say(`old ${i}`)
    await world.time.settle()
  }
  await world.time.pass(2 * 3_600_000)
  await carol.say('new')
  await bob.say('new, too')
  await world.time.pass(5000)
  await alice.back()
  await world.time.until(() => alice.texts().includes('new') && alice.texts().includes('new, too'))
  expect(alice.violations).toEqual([])
  expect(alice.texts().length).toBeLessThan(20)
  expect(recordsOf(alice, relay, carol)).toBeGreaterThan(0)
  const { hours } = await hosts[0]!.superPeer.statistics()
  expect(hours.reduce((sum, { missed }) => sum + missed, 0)).toBe(1)
})

test('who is away for longer than a message lives does not get it, and nothing of it is kept', async () => {
  const { world, owner, member, hosts } = await scene(1, { history: false })
  world.network.quota = 4
  const relay = owner.relays[0]!
  const [alice, bob, carol] = [await member('alice'), await member('bob'), await member('carol')]
  await alice.away()
  for (let i = 0; i < 20; i++) {
    await owner.say(`fills the queue ${i}`)
    await world.time.settle()
  }
  const disappearing = (text: string, ttl: number) =>
    carol.tell({ type: 'x.msg.new', params: { content: { type: 'text', text }, ttl } })
  await disappearing('for ten minutes', 600)
  await disappearing('for a day', 86_400)
  await world.time.until(() => bob.texts().includes('for a day'))
  expect(bob.texts()).toContain('for ten minutes')
  await world.time.pass(3_600_000)
  const kept = async () => {
    const jobs = await hosts[0]!.query<{ body: Uint8Array }>('SELECT body FROM delivery_jobs')
    return jobs.map(({ body }) => Buffer.from(body).toString('latin1')).join('')
  }
  expect(await kept()).not.toContain('for ten minutes')
  expect(await kept()).toContain('for a day')
  await disappearing('for ten seconds', 10)
  await world.time.until(() => bob.texts().includes('for ten seconds'))
  expect(await kept()).toContain('for ten seconds')
  // Nothing has taken it out yet, but its time is over.
  await world.time.pass(11_000)
  await carol.say('for ever')
  await alice.back()
  await world.time.until(() => alice.texts().includes('for ever'))
  const said = alice.texts()
  expect(said.filter((text) => text.startsWith('for'))).toEqual(['for a day', 'for ever'])
  expect(said).toContain('fills the queue 19')
  expect(alice.violations).toEqual([])
  expect(recordsOf(alice, relay, carol)).toBe(1)
})

test('a record reaches who was away even where all that its member said has disappeared', async () => {
  const { world, owner, member } = await scene(1, { history: false })
  world.network.quota = 4
  const [alice, bob, carol] = [await member('alice'), await member('bob'), await member('carol')]
  await alice.away()
  for (let i = 0; i < 20; i++) {
    await owner.say(`fills the queue ${i}`)
    await world.time.settle()
  }
  await carol.tell({ type: 'x.msg.new', params: { content: { type: 'text', text: 'gone' }, ttl: 60 } })
  await world.time.until(() => bob.texts().includes('gone'))
  await world.time.pass(3_600_000)
  await alice.back()
  await world.time.until(() => alice.texts().includes('fills the queue 19'))
  await carol.say('still here')
  await world.time.until(() => alice.texts().includes('still here'))
  expect(alice.texts()).not.toContain('gone')
  expect(alice.violations).toEqual([])
  expect(recordsOf(alice, owner.relays[0]!, carol)).toBe(1)
})

test('a connection whose queue is gone is disabled after ten failures', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.store.write((tx) => alice.agent.remove(tx, alice.conns.get(owner.relays[0]!)!))
  for (let i = 0; i < 12; i++) {
    await owner.say(`${i}`)
    await world.time.pass(100)
  }
  await world.time.until(() => bob.texts().length === 12)
  expect(await hosts[0]!.superPeer.statistics()).toMatchObject({ disabled: 1, connected: 2 })
})
