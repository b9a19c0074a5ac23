import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMember, type Person, type TestMember } from './people.ts'
import { scene } from './scene.ts'

/**
 * Whatever happens in whatever order: a member gets every message that was sent while it was in the group exactly once
 * through each super-peer, each author's messages in their order, never its own, never before the author's record.
 */
type Step =
  | { readonly do: 'say'; readonly who: number; readonly size: number; readonly sign: boolean }
  | { readonly do: 'burst'; readonly who: number; readonly count: number }
  | { readonly do: 'join' }
  | { readonly do: 'leave' | 'away' | 'back'; readonly who: number }
  | { readonly do: 'crash'; readonly after: number; readonly committed: boolean }
  | { readonly do: 'pass'; readonly time: number }

const who = fc.nat(7)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('say' as const), who, size: fc.nat(4000), sign: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('burst' as const), who, count: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'away' as const, 'back' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      after: fc.integer({ min: 1, max: 12 }),
      committed: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), time: fc.constantFrom(1, 50, 1000, 5000) }) },
)

interface Said {
  readonly by: Person
  readonly text: string
  /** Who must get it, each once. */
  readonly to: ReadonlySet<Person>
}

async function play(steps: readonly Step[], history: boolean): Promise<void> {
  const { world, owner, member, hosts } = await scene(2, {
    history,
    settings: { pageSize: 3, memberBacklog: 6, memberRate: 100_000, memberBurst: 100_000 },
  })
  world.network.quota = 5
  const host = hosts[0]!
  const members: TestMember[] = [await member('m0'), await member('m1'), await member('m2')]
  const gone = new Set<Person>()
  const away = new Set<Person>()
  const said: Said[] = []

  async function recover(): Promise<void> {
    if (host.crashed) await host.start()
  }
  async function say(by: Person, text: string, sign: boolean): Promise<void> {
    said.push({ by, text, to: new Set([owner, ...members].filter((person) => person !== by && !gone.has(person))) })
    await by.say(text, { sign })
  }
  /** Everything said so far is on its way, so that joins and leaves have a definite place between messages. */
  async function quiet(): Promise<void> {
    await world.time.pass(500)
    await recover()
    await world.time.pass(500)
  }

  for (const [index, action] of steps.entries()) {
    const person = 'who' in action ? [owner, ...members][action.who % (members.length + 1)]! : owner
    const present = !gone.has(person)
    switch (action.do) {
      case 'say':
        if (present && !away.has(person)) await say(person, `${index} ${'x'.repeat(action.size)}`, action.sign)
        break
      case 'burst':
        if (!present || away.has(person)) break
        for (let i = 0; i < action.count; i++) await say(person, `${index}/${i}`, false)
        break
      case 'join': {
        await quiet()
        if (members.length === 7) break
        const newcomer = await createMember(world, owner, `m${members.length}`)
        await newcomer.join()
        for (let i = 0; i < 10 && newcomer.connected.size < 2; i++) await quiet()
        members.push(newcomer)
        break
      }
      case 'leave':
        if (!present || person === owner || away.has(person)) break
        await quiet()
        gone.add(person)
        await person.tell({ type: 'x.grp.leave', params: {} })
        await quiet()
        break
      case 'away':
        if (present && person !== owner && !away.has(person)) {
          away.add(person)
          // What it said has left it.
          await world.time.settle()
          await person.away()
        }
        break
      case 'back':
        if (away.delete(person)) await person.back()
        break
      case 'crash':
        if (!host.crashed) host.crashAt(action.after, action.committed)
        break
      case 'pass':
        await world.time.pass(action.time)
        await recover()
    }
  }
  for (const person of away) await person.back()
  await quiet()
  await world.time.pass(30 * 60_000)
  await recover()
  await world.time.pass(30 * 60_000)

  expect(world.network.errors).toEqual([])
  for (const person of [owner, ...members]) {
    expect(person.violations).toEqual([])
    for (const relay of owner.relays) {
      const texts = person.texts(relay)
      for (const by of [owner, ...members]) {
        const written = said.filter((item) => item.by === by)
        const due = written.filter(({ to }) => to.has(person)).map(({ text }) => text)
        const heard = texts.filter((text) => written.some((item) => item.text === text))
        // Newcomers may have history from before they came, leavers the last messages: always in order, once.
        expect(new Set(heard).size, `${by.name} to ${person.name}: copies`).toBe(heard.length)
        expect(
          heard.filter((text) => due.includes(text)),
          `${by.name} to ${person.name}`,
        ).toEqual(due)
      }
    }
  }
}

test('messages, joins, leaves, absences and crashes in any order', { timeout: 300_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), fc.boolean(), play), {
    numRuns: Number(process.env.RUNS ?? 25),
    seed: Number(process.env.SEED ?? 20_260_301),
    endOnFailure: false,
  })
})
