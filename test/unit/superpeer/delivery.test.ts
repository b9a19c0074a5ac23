import { expect, test } from 'vitest'
import { idKey } from '../../../core/chat/ids.ts'
import { fromBase64url } from '../../../core/codec/base64url.ts'
import { createMember, type Person } from './people.ts'
import { expectComplete, recordsOf, type Said, scene } from './scene.ts'

test('everybody gets everything exactly once from each super-peer, in order, nobody its own', async () => {
  const { world, owner, member } = await scene(2)
  const people: Person[] = [owner]
  for (const name of ['alice', 'bob', 'carol']) people.push(await member(name))
  const said: Said[] = []
  for (let i = 0; i < 5; i++) {
    for (const person of people) {
      said.push({ by: person, text: `${person.name} ${i}` })
      await person.say(`${person.name} ${i}`, { sign: i % 2 === 0 })
    }
  }
  await world.time.until(() => people.every((person) => person.texts().length === 2 * 5 * (people.length - 1)))
  await world.time.pass(10_000)
  for (const person of people) expectComplete(person, owner.relays, said)
  expect(world.network.errors).toEqual([])
})

test('signed bytes arrive as they were signed, times and names from the super-peer', async () => {
  const { world, owner, member } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.say('signed', { sign: true })
  await alice.say('unsigned')
  await world.time.until(() => bob.texts().length === 2)
  expect(
    bob.heard.filter(({ text }) => text !== undefined).map(({ text, signed, sender }) => [text, signed, sender]),
  ).toEqual([
    ['signed', true, alice.id],
    ['unsigned', false, alice.id],
  ])
  expect(owner.texts()).toEqual(['signed', 'unsigned'])
})

test('a member record goes ahead of the first message to those who lack it, and once', async () => {
  const { world, owner, member, hosts } = await scene(1, { history: false })
  const relay = owner.relays[0]!
  const [alice, bob] = [await member('alice'), await member('bob')]
  for (let i = 0; i < 3; i++) {
    await alice.say(`a${i}`)
    await world.time.until(() => bob.texts().length === i + 1)
  }
  expect(recordsOf(bob, relay, alice)).toBe(1)
  expect(recordsOf(owner, relay, alice)).toBe(1)
  const carol = await member('carol')
  await alice.say('a3')
  await alice.say('a4')
  await world.time.until(() => carol.texts().length === 2)
  expect(recordsOf(carol, relay, alice)).toBe(1)
  expect(recordsOf(bob, relay, alice)).toBe(1)
  await carol.say('c0')
  await world.time.until(() => alice.texts().includes('c0') && bob.texts().includes('c0'))
  expect([recordsOf(alice, relay, carol), recordsOf(bob, relay, carol), recordsOf(owner, relay, carol)]).toEqual([
    1, 1, 1,
  ])
  expect(recordsOf(alice, relay, bob)).toBe(0)
  for (const person of [owner, alice, bob, carol]) expect(person.violations).toEqual([])
  const [statistics] = await hosts[0]!.superPeer.groups()
  expect(statistics).toMatchObject({ name: 'news', members: 4, paused: 0, messages: 6, backlog: 0 })
})

test('records with pictures that do not fit ahead of a message come in bodies of their own', async () => {
  const { world, member } = await scene(1, { history: false })
  const image = `data:image/png;base64,${'A'.repeat(9000)}`
  const [alice, bob, carol] = [await member('alice', { image }), await member('bob', { image }), await member('carol')]
  await Promise.all([alice.say('x'.repeat(9000)), bob.say('y'.repeat(3000))])
  await world.time.until(() => carol.texts().length === 2)
  expect(carol.violations).toEqual([])
})

test('many messages at once travel in few bodies of bounded size', async () => {
  const { world, owner, member } = await scene(1, { history: false })
  const alice = await member('alice')
  await world.time.pass(1000)
  const before = world.network.wire.length
  const said: Said[] = []
  for (let i = 0; i < 600; i++) said.push({ by: owner, text: `${i} ${'z'.repeat(i % 7 === 0 ? 2000 : 10)}` })
  await owner.sayAll(said.map(({ text }) => text))
  await world.time.until(() => alice.texts().length === said.length)
  expectComplete(alice, owner.relays, said)
  const toAlice = world.network.wire.slice(before).filter(({ to }) => to.startsWith('alice/'))
  for (const { body } of toAlice) {
    expect(body.length).toBeLessThanOrEqual(15_602)
    expect(body[0]).toBe(0x3d)
  }
  expect(toAlice.length).toBeLessThan(100)
})

test('newcomers get the last hundred messages with the records of their authors, then go on without a gap', async () => {
  const { world, owner, member } = await scene(1)
  const relay = owner.relays[0]!
  const [alice, bob] = [await member('alice'), await member('bob')]
  const said: Said[] = []
  for (let i = 0; i < 60; i++) {
    for (const by of [alice, bob]) {
      said.push({ by, text: `${by.name} ${i}` })
      await by.say(`${by.name} ${i}`)
    }
  }
  await world.time.until(() => owner.texts().length === said.length)
  const carol = await member('carol')
  for (const by of [alice, bob]) {
    said.push({ by, text: `${by.name} later` })
    await by.say(`${by.name} later`)
  }
  await world.time.until(() => carol.texts().length === 102)
  await world.time.pass(5000)
  expect(new Set(carol.texts()).size).toBe(102)
  expect(carol.violations).toEqual([])
  expect([recordsOf(carol, relay, alice), recordsOf(carol, relay, bob)]).toEqual([1, 1])
})

test('an author from before the history is introduced with the next message', async () => {
  const { world, owner, member } = await scene(1)
  const relay = owner.relays[0]!
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.say('long ago')
  await world.time.until(() => bob.texts().length === 1)
  for (let i = 0; i < 120; i++) {
    await bob.say(`${i}`)
    await world.time.pass(10)
  }
  await world.time.until(() => alice.texts().length === 120)
  const carol = await member('carol')
  await world.time.until(() => carol.texts().length === 100)
  expect([recordsOf(carol, relay, alice), recordsOf(carol, relay, bob)]).toEqual([0, 1])
  await alice.say('again')
  await bob.say('me too')
  await world.time.until(() => carol.texts().includes('again') && carol.texts().includes('me too'))
  expect([recordsOf(carol, relay, alice), recordsOf(carol, relay, bob)]).toEqual([1, 1])
  expect(carol.violations).toEqual([])
})

test('a support conversation reaches moderators, owners and its member only', async () => {
  const { world, owner, member } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.tell({
    type: 'x.msg.new',
    params: { content: { type: 'text', text: 'help' }, scope: { type: 'member', memberId: alice.author.memberId } },
  })
  await world.time.until(() => owner.texts().includes('help'))
  await owner.tell({
    type: 'x.msg.new',
    params: { content: { type: 'text', text: 'yes?' }, scope: { type: 'member', memberId: alice.author.memberId } },
  })
  await world.time.until(() => alice.texts().includes('yes?'))
  await world.time.pass(5000)
  expect(bob.texts()).toEqual([])
})

test('moderators whose program knows no support conversations get none, neither at once nor later', async () => {
  const { world, owner, member } = await scene(1)
  const [alice, carol] = [await member('alice'), await member('carol')]
  const bob = await createMember(world, owner, 'bob', { forgery: { unsigned: { min: 9, max: 14 } } })
  await bob.join()
  await world.time.until(() => bob.connected.size === 1)
  for (const { author } of [bob, carol]) {
    await owner.tell({ type: 'x.grp.mem.role', params: { memberId: author.memberId, role: 'moderator' } })
  }
  await world.time.pass(1000)
  const ask = (text: string) =>
    alice.tell({
      type: 'x.msg.new',
      params: { content: { type: 'text', text }, scope: { type: 'member', memberId: alice.author.memberId } },
    })
  await ask('help')
  await world.time.until(() => carol.texts().includes('help'))
  world.network.quota = 4
  await bob.away()
  for (let i = 0; i < 20; i++) {
    await owner.say(`${i}`)
    await world.time.pass(100)
  }
  await ask('help again')
  await world.time.pass(5000)
  await bob.back()
  await world.time.until(() => bob.texts().includes('19'))
  await owner.say('last')
  await world.time.until(() => bob.texts().includes('last'))
  expect(carol.texts()).toContain('help again')
  expect(bob.texts().filter((text) => text.startsWith('help'))).toEqual([])
})

const XFTP = { fileDescrText: '', fileDescrPartNo: 0, fileDescrComplete: false }
const FILE = { fileName: 'report.pdf', fileSize: 70_000, fileDescr: XFTP }

/** What came of files: the announcements, and the parts of their descriptions. */
function filesTo(person: Person): object[] {
  return person.heard.flatMap(({ event, msgId, sender }): object[] => {
    if (event.type === 'x.msg.new' && event.params.content.type === 'file') {
      return [{ text: event.params.content.text, file: event.params.file }]
    }
    if (event.type !== 'x.msg.file.descr') return []
    return [{ ...event.params.fileDescr, of: idKey(event.params.msgId), msgId, sender }]
  })
}

test('newcomers get files as they were announced, their descriptions after them in parts without an id', async () => {
  const { world, owner, member } = await scene(1)
  const alice = await member('alice')
  const announce = (text: string, sign = false) =>
    alice.tell({ type: 'x.msg.new', params: { content: { type: 'file', text }, file: FILE } }, { sign })
  const describe = (id: string, fileDescr: typeof XFTP) =>
    alice.tell({ type: 'x.msg.file.descr', params: { msgId: fromBase64url(id), fileDescr } })
  const long = 'd'.repeat(14_000)
  const [whole, signed, half] = [await announce('whole'), await announce('signed', true), await announce('half')]
  await announce('')
  for (const id of [whole, signed]) {
    await describe(id, { fileDescrText: long, fileDescrPartNo: 1, fileDescrComplete: false })
    await describe(id, { fileDescrText: 'end', fileDescrPartNo: 2, fileDescrComplete: true })
  }
  await describe(half, { fileDescrText: long, fileDescrPartNo: 1, fileDescrComplete: false })
  await world.time.until(() => owner.heard.filter(({ event }) => event.type === 'x.msg.file.descr').length === 5)
  await world.time.pass(1000)

  const bob = await member('bob')
  await world.time.pass(1000)
  const described = (of: string) => [
    { fileDescrText: long, fileDescrPartNo: 1, fileDescrComplete: false, of, msgId: undefined, sender: alice.id },
    { fileDescrText: 'end', fileDescrPartNo: 2, fileDescrComplete: true, of, msgId: undefined, sender: alice.id },
  ]
  expect(filesTo(bob)).toEqual([
    { text: 'whole', file: FILE },
    ...described(whole),
    { text: 'signed', file: FILE },
    ...described(signed),
    { text: 'half', file: undefined },
  ])

  await world.time.pass(48 * 3600_000)
  const carol = await member('carol')
  await world.time.pass(1000)
  expect(filesTo(carol)).toEqual([
    { text: 'whole', file: undefined },
    { text: 'signed', file: FILE },
    { text: 'half', file: undefined },
  ])
})

test('what is done to a post of the group itself does not tell who of its owners did it', async () => {
  const { world, owner, member } = await scene(1)
  const alice = await member('alice')
  const post = fromBase64url(
    await owner.tell({
      type: 'x.msg.new',
      params: { content: { type: 'file', text: 'x' }, file: FILE, asGroup: true },
    }),
  )
  const part = { fileDescrText: 'd', fileDescrPartNo: 1, fileDescrComplete: true }
  const content = { type: 'file', text: 'y' } as const
  await owner.tell({ type: 'x.msg.file.descr', params: { msgId: post, fileDescr: part } })
  await owner.tell({ type: 'x.msg.update', params: { msgId: post, content, asGroup: true } })
  await owner.tell({ type: 'x.file.cancel', params: { msgId: post } })
  await owner.tell({ type: 'x.msg.del', params: { msgId: post } })
  await world.time.until(() => alice.heard.some(({ event }) => event.type === 'x.msg.del'))
  const told = alice.heard.filter(({ event }) => event.type.startsWith('x.msg') || event.type.startsWith('x.file'))
  expect(told.map(({ event, sender }) => [event.type, sender])).toEqual(
    ['x.msg.new', 'x.msg.file.descr', 'x.msg.update', 'x.file.cancel', 'x.msg.del'].map((type) => [type, undefined]),
  )
})
