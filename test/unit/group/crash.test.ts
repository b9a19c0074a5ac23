import { describe, expect, test } from 'vitest'
import type { VirtualTime } from '../superpeer/virtual.ts'
import { community, createGroupWorld, eventually, type TestPerson } from './world.ts'

/** Dies at every single write, before and after its commit, and is started again on what the database holds. */
async function atEveryWrite(limit: number, scenario: (count: number, committed: boolean) => Promise<boolean>) {
  for (const committed of [false, true]) {
    let count = 1
    while (await scenario(count, committed)) {
      count++
      expect(count, 'the scenario ends').toBeLessThan(limit)
    }
    expect(count).toBeGreaterThan(10)
  }
}

/**
 * Runs a person's host until `ended`, starting it again when it died. `act` is what the person would do next, asked
 * again and again; what it returns is done once in every life. True where the host died.
 */
async function live(
  time: VirtualTime,
  person: TestPerson,
  act: () => Promise<{ readonly name: string; readonly run: () => Promise<unknown> } | undefined>,
  ended: () => Promise<boolean>,
): Promise<boolean> {
  let died = false
  let tried = new Set<string>()
  await eventually(time, async () => {
    if (person.crashed) {
      died = true
      tried = new Set()
      await person.start()
    }
    const next = await act()
    if (next !== undefined && !tried.has(next.name)) {
      tried.add(next.name)
      next.run().catch(() => undefined)
    }
    return (await ended()) && !person.crashed
  })
  person.crashAt(Number.POSITIVE_INFINITY, false)
  return died
}

describe('a host that dies at any moment', () => {
  test('finishes creating its group: once, with every super-peer, published', { timeout: 120_000 }, async () => {
    await atEveryWrite(200, async (count, committed) => {
      const world = createGroupWorld()
      const owner = await world.person('owner')
      const superPeers = [await world.superPeer('a'), await world.superPeer('b')]
      const create = () =>
        owner.groups.create(owner.profile, {
          displayName: 'news',
          writers: 'everyone',
          history: true,
          superPeers: superPeers.map(({ address }) => address),
        })
      const active = async () => (await owner.list())[0]?.superPeers.active === 2
      owner.crashAt(count, committed)
      const createOnce = async () => ((await owner.list()).length === 0 ? { name: 'create', run: create } : undefined)
      const died = await live(world.time, owner, createOnce, active)
      const groups = await owner.list()
      expect(groups).toHaveLength(1)
      const group = groups[0]!
      const links = (await owner.groups.superPeers(group.id)).map(({ link }) => link)
      expect([...world.network.link(group.link)!.relays].sort()).toEqual([...links].sort())
      expect(new Set(links).size).toBe(2)
      for (const { host } of superPeers) {
        const served = await host.superPeer.groups()
        expect(served.filter(({ groupLink }) => groupLink === group.link)).toHaveLength(1)
      }
      expect(world.network.errors).toEqual([])
      return died
    })
  })

  test('joins and says what it said exactly once', { timeout: 120_000 }, async () => {
    const { world, owner, group, link } = await community({ superPeers: 2 })
    let round = 0
    await atEveryWrite(200, async (count, committed) => {
      const name = `member ${++round}`
      const person = await world.person(name)
      person.crashAt(count, committed)
      const text = `hello from ${name}`
      const act = async () => {
        const [view] = await person.list()
        if (view === undefined) return { name: 'join', run: () => person.groups.join(person.profile, link) }
        if (view.status !== 'active' || (await person.texts(view.id)).includes(text)) return undefined
        return { name: 'send', run: () => person.groups.send(view.id, { text }) }
      }
      const ended = async () => {
        const [view] = await person.list()
        if (view?.superPeers.connected !== 2 || !(await person.texts(view.id)).includes(text)) return false
        return (await person.message(view.id, text)).delivery?.taken === 2
      }
      const died = await live(world.time, person, act, ended)
      const groups = await person.list()
      expect(groups).toHaveLength(1)
      const joined = groups[0]!.id
      await eventually(world.time, async () => (await owner.texts(group)).includes(text))
      await world.time.pass(10_000)
      expect((await owner.texts(group)).filter((candidate) => candidate === text)).toHaveLength(1)
      const heard = await owner.message(group, text)
      expect(await owner.groups.deliveredBy(heard.id)).toHaveLength(2)
      await person.groups.leave(joined)
      await eventually(
        world.time,
        async () => !(await owner.groups.members(group)).some(({ displayName }) => displayName === name),
      )
      return died
    })
    expect((await owner.view(group)).memberCount).toBe(1)
    expect(world.network.errors).toEqual([])
  })
})
