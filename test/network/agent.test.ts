import { afterEach, beforeEach, expect, test } from 'vitest'
import { AGENT_VERSIONS } from '../../core/agent/links/full-link.ts'
import { fromUtf8, utf8 } from '../../core/codec/bytes.ts'
import type { RunningRouter } from '../../core/router/server.ts'
import { localRouter, scratch, type TestAgent, testAgent } from '../support/agents.ts'

let folder: ReturnType<typeof scratch>
let router: RunningRouter
const running: TestAgent[] = []

beforeEach(async () => {
  folder = scratch()
  router = await localRouter(folder.path)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((agent) => agent.stop()))
  await router.stop()
  folder.remove()
})

async function start(options: Partial<Parameters<typeof testAgent>[0]> = {}): Promise<TestAgent> {
  const agent = await testAgent({ routers: [router.address], ...options })
  running.push(agent)
  return agent
}

/** Connects b to a through a link of a; returns the connection at both ends. */
async function connect(a: TestAgent, aConn: number, b: TestAgent, link: string): Promise<[number, number]> {
  const bConn = await b.store.write((tx) => b.agent.join(tx, link, utf8('joiner')))
  const conf = await a.expect('CONF', (event) => event.conn === aConn)
  expect(fromUtf8(conf.info)).toBe('joiner')
  await a.store.write((tx) => a.agent.allow(tx, aConn, conf.confirmation, utf8('initiator')))
  const info = await b.expect('INFO', (event) => event.conn === bConn)
  expect(fromUtf8(info.info)).toBe('initiator')
  await Promise.all([
    a.expect('CON', (event) => event.conn === aConn),
    b.expect('CON', (event) => event.conn === bConn),
  ])
  return [aConn, bConn]
}

async function say(from: TestAgent, conn: number, text: string): Promise<number> {
  return from.store.write((tx) => from.agent.send(tx, conn, utf8(text), { report: true }))
}

function texts(agent: TestAgent): string[] {
  return agent.events.flatMap((event) => (event.type === 'MSG' ? [fromUtf8(event.body) ?? ''] : []))
}

async function exchange(a: TestAgent, aConn: number, b: TestAgent, bConn: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await say(a, aConn, `a${i}`)
    await say(b, bConn, `b${i}`)
  }
  await b.expect('MSG', (event) => fromUtf8(event.body) === `a${count - 1}`)
  await a.expect('MSG', (event) => fromUtf8(event.body) === `b${count - 1}`)
  expect(texts(b)).toEqual(Array.from({ length: count }, (_, i) => `a${i}`))
  expect(texts(a)).toEqual(Array.from({ length: count }, (_, i) => `b${i}`))
  expect(a.events.filter((event) => event.type === 'ERR')).toEqual([])
}

test.each(['full', 'short'] as const)('two agents connect by a %s invitation and talk', async (form) => {
  const a = await start()
  const b = await start()
  const invitation = await a.agent.createInvitation({ userData: utf8('hello') })
  const link = form === 'full' ? invitation.full : invitation.short!
  const [aConn, bConn] = await connect(a, invitation.conn, b, link)
  await exchange(a, aConn, b, bConn, 20)
  const codes = await Promise.all([
    a.store.read((tx) => a.agent.securityCode(tx, aConn)),
    b.store.read((tx) => b.agent.securityCode(tx, bConn)),
  ])
  expect(codes[0]).toEqual(codes[1])
  const first = a.events.find((event) => event.type === 'MSG')
  expect(first?.type === 'MSG' && first.integrity).toEqual({ type: 'ok' })
})

test.each(['full', 'short'] as const)('an address accepts a request that came by its %s link', async (form) => {
  const a = await start()
  const b = await start()
  const address = await a.agent.createAddress({ type: 'a', userData: utf8('{"profile":"a"}') })
  const content = await b.agent.readLink(address.short!)
  expect(fromUtf8(content.userData)).toBe('{"profile":"a"}')
  expect(content.fullLink).toBe(address.full)
  const link = form === 'full' ? address.full : address.short!
  const bConn = await b.store.write((tx) => b.agent.join(tx, link, utf8('may I?')))
  const request = await a.expect('REQ')
  expect([request.conn, fromUtf8(request.info)]).toEqual([address.conn, 'may I?'])
  const aConn = await a.store.write((tx) => a.agent.accept(tx, request.request, utf8('yes')))
  const conf = await b.expect('CONF', (event) => event.conn === bConn)
  expect(fromUtf8(conf.info)).toBe('yes')
  await b.store.write((tx) => b.agent.allow(tx, bConn, conf.confirmation, utf8('thanks')))
  await Promise.all([a.expect('CON'), b.expect('CON')])
  await exchange(a, aConn, b, bConn, 5)
})

/** Sends as soon as the connection takes it. */
async function sayAtOnce(from: TestAgent, conn: number, text: string): Promise<number> {
  for (;;) {
    try {
      return await say(from, conn, text)
    } catch (error) {
      expect((error as { code: string }).code).toBe('not-connected')
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
}

test('messages of either side never overtake its confirmation', async () => {
  const a = await start()
  const b = await start()
  const invitation = await a.agent.createInvitation()
  const bConn = await b.store.write((tx) => b.agent.join(tx, invitation.full, utf8('joiner')))
  await sayAtOnce(b, bConn, 'from b')
  const conf = await a.expect('CONF')
  await a.store.write((tx) => a.agent.allow(tx, invitation.conn, conf.confirmation, utf8('initiator')))
  await sayAtOnce(a, invitation.conn, 'from a')
  await Promise.all([a.expect('MSG'), b.expect('MSG')])
  expect([texts(a), texts(b)]).toEqual([['from b'], ['from a']])
  expect([...a.events, ...b.events].filter((event) => event.type === 'ERR')).toEqual([])
})

test('link data are rewritten by their owner and read by anybody', async () => {
  const a = await start()
  const b = await start()
  const address = await a.agent.createAddress({ type: 'g', userData: utf8('one') })
  const data = { direct: true, owners: [], relays: [address.short!], userData: utf8('two') }
  await a.store.write((tx) => a.agent.setLinkData(tx, address.conn, data))
  await a.expect('LINK')
  const content = await b.agent.readLink(address.short!)
  expect(fromUtf8(content.userData)).toBe('two')
  expect(content.relays).toEqual([address.short])
  expect(await a.store.read((tx) => a.agent.linksOf(tx, address.conn))).toEqual({
    full: address.full,
    short: address.short,
  })
  await a.store.write((tx) => a.agent.deleteLink(tx, address.conn))
  await expect.poll(() => b.agent.readLink(address.short!).catch((error: { code: string }) => error.code)).toBe('AUTH')
})

test('link data of a one-time invitation are rewritten until it is used', async () => {
  const a = await start()
  const b = await start()
  const invitation = await a.agent.createInvitation({ userData: utf8('one') })
  const data = { direct: true, owners: [], relays: [], userData: utf8('two') }
  const write = await a.store.write((tx) => a.agent.setLinkData(tx, invitation.conn, data))
  expect((await a.expect('LINK')).write).toBe(write)
  const content = await b.agent.readLink(invitation.short!)
  expect(fromUtf8(content.userData)).toBe('two')
  expect(content.fullLink).toBe(invitation.full)
  const owned = { ...data, relays: [invitation.short!] }
  await expect(a.store.write((tx) => a.agent.setLinkData(tx, invitation.conn, owned))).rejects.toThrow('one-time')
})

test('who asks for the same step again gets what the first attempt made', async () => {
  const a = await start()
  const b = await start()
  const address = await a.agent.createAddress({ type: 'a', userData: utf8('') })
  const bConn = await b.store.write((tx) => b.agent.join(tx, address.full, utf8('may I?')))
  const { request } = await a.expect('REQ')
  const accept = () => a.store.write((tx) => a.agent.accept(tx, request, utf8('yes')))
  const aConn = await accept()
  expect(await accept()).toBe(aConn)
  const { confirmation } = await b.expect('CONF')
  expect(await accept()).toBe(aConn)
  const allow = () => b.store.write((tx) => b.agent.allow(tx, bConn, confirmation, utf8('thanks')))
  await allow()
  await allow()
  await Promise.all([a.expect('CON'), b.expect('CON')])
  await allow()
  expect(await accept()).toBe(aConn)
  await expect(a.store.write((tx) => a.agent.allow(tx, aConn, 1, utf8('')))).rejects.toThrow('no such confirmation')
  await exchange(a, aConn, b, bConn, 2)
})

test.each(['full', 'short'] as const)('a %s invitation is joined once, however often it is asked for', async (form) => {
  const a = await start()
  const b = await start()
  const invitation = await a.agent.createInvitation()
  const link = form === 'full' ? invitation.full : invitation.short!
  const join = () => b.store.write((tx) => b.agent.join(tx, link, utf8('joiner')))
  const bConn = await join()
  expect(await b.store.read((tx) => b.agent.joined(tx, link))).toBe(bConn)
  const { confirmation } = await a.expect('CONF')
  expect(await b.store.read((tx) => b.agent.joined(tx, link))).toBe(bConn)
  const twice = await join()
  const failure = await b.expect('ERR', (event) => event.conn === twice)
  // The router has forgotten the data of a short link that was used.
  expect([failure.operation, failure.error.code]).toEqual(['join', form === 'full' ? 'joined' : 'AUTH'])
  await a.store.write((tx) => a.agent.allow(tx, invitation.conn, confirmation, utf8('initiator')))
  await Promise.all([a.expect('CON'), b.expect('CON')])
  await exchange(a, invitation.conn, b, bConn, 2)
  await b.store.write((tx) => b.agent.remove(tx, bConn))
  expect(await b.store.read((tx) => b.agent.joined(tx, link))).toBeUndefined()
})

test('a message that is held comes again after a restart, once acknowledged it does not', async () => {
  const a = await start()
  const path = `${folder.path}/b.db`
  let b = await start({ path, handle: async (_, event) => (event.type === 'MSG' ? 'hold' : undefined) })
  const invitation = await a.agent.createInvitation()
  const [aConn, bConn] = await connect(a, invitation.conn, b, invitation.full)
  await say(a, aConn, 'first')
  await say(a, aConn, 'second')
  const first = await b.expect('MSG')
  expect(texts(b)).toEqual(['first'])
  await running.pop()?.stop()
  b = await start({ path, handle: async (_, event) => (event.type === 'MSG' ? 'hold' : undefined) })
  const again = await b.expect('MSG')
  expect([fromUtf8(again.body), again.repeated, again.message]).toEqual(['first', true, first.message])
  await b.agent.acknowledge(bConn, again.message)
  await b.expect('MSG', (event) => fromUtf8(event.body) === 'second')
  expect(texts(b)).toEqual(['first', 'second'])
})

test('messages of an agent that has learnt a newer version of the protocol are read', async () => {
  const announced = AGENT_VERSIONS as { max: number }
  const { max } = announced
  const path = `${folder.path}/a.db`
  const a = await start({ path })
  const b = await start()
  const invitation = await a.agent.createInvitation()
  const [, bConn] = await connect(a, invitation.conn, b, invitation.full)
  await running.splice(running.indexOf(a), 1)[0]!.stop()
  try {
    announced.max = max + 1
    await say(b, bConn, 'from tomorrow')
    await b.expect('SENT')
  } finally {
    announced.max = max
  }
  const again = await start({ path })
  expect(fromUtf8((await again.expect('MSG')).body)).toBe('from tomorrow')
  expect(again.events.filter((event) => event.type === 'ERR')).toEqual([])
})

test('a full queue pauses its connection only, and continues when the peer has drained it', async () => {
  const path = `${folder.path}/b.db`
  const a = await start()
  let b = await start({ path })
  const c = await start()
  const toB = await a.agent.createInvitation()
  const toC = await a.agent.createInvitation()
  const [ab] = await connect(a, toB.conn, b, toB.full)
  const [ac] = await connect(a, toC.conn, c, toC.full)
  await running.splice(running.indexOf(b), 1)[0]?.stop()
  const count = 300
  await a.store.write(async (tx) => {
    for (let i = 0; i < count; i++) await a.agent.send(tx, ab, utf8(`m${i}`))
  })
  const warning = await a.expect('MWARN')
  expect(warning.error.code).toBe('QUOTA')
  await say(a, ac, 'still here')
  await c.expect('MSG')
  b = await start({ path })
  await b.expect('MSG', (event) => fromUtf8(event.body) === `m${count - 1}`)
  await a.expect('QCONT')
  expect(texts(b)).toEqual(Array.from({ length: count }, (_, i) => `m${i}`))
})

test('two full queues do not wait for each other', async () => {
  const [aPath, bPath] = [`${folder.path}/a.db`, `${folder.path}/b.db`]
  let a = await start({ path: aPath })
  let b = await start({ path: bPath })
  const invitation = await a.agent.createInvitation()
  const [aConn, bConn] = await connect(a, invitation.conn, b, invitation.full)
  const count = 150
  async function fill(agent: TestAgent, conn: number, name: string): Promise<void> {
    await agent.store.write(async (tx) => {
      for (let i = 0; i < count; i++) await agent.agent.send(tx, conn, utf8(`${name}${i}`))
    })
    await agent.expect('MWARN')
  }
  await running.splice(running.indexOf(b), 1)[0]?.stop()
  await fill(a, aConn, 'a')
  await running.splice(running.indexOf(a), 1)[0]?.stop()
  let holding = true
  b = await start({ path: bPath, handle: async (_, { type }) => (holding && type === 'MSG' ? 'hold' : undefined) })
  const held = await b.expect('MSG')
  await fill(b, bConn, 'b')
  a = await start({ path: aPath })
  await Promise.all([a.expect('MWARN'), a.expect('MSG', ({ body }) => fromUtf8(body) === 'b127')])
  holding = false
  await b.agent.acknowledge(bConn, held.message)
  await Promise.all([
    a.expect('MSG', ({ body }) => fromUtf8(body) === `b${count - 1}`),
    b.expect('MSG', ({ body }) => fromUtf8(body) === `a${count - 1}`),
  ])
  expect([texts(a).length, texts(b).length]).toEqual([count, count])
})

test('deleting sends what is pending, then both the queue and the connection are gone', async () => {
  const a = await start()
  const b = await start()
  const invitation = await a.agent.createInvitation()
  const [aConn, bConn] = await connect(a, invitation.conn, b, invitation.full)
  await a.store.write(async (tx) => {
    for (let i = 0; i < 10; i++) await a.agent.send(tx, aConn, utf8(`m${i}`))
    await a.agent.remove(tx, aConn, { afterDelivery: true })
  })
  await a.expect('DELETED')
  await b.expect('MSG', (event) => fromUtf8(event.body) === 'm9')
  await b.store.write((tx) => b.agent.send(tx, bConn, utf8('anybody?')))
  const failure = await b.expect('MERR')
  expect(failure.error.code).toBe('AUTH')
  expect(await a.store.read((tx) => a.agent.connections(tx))).toEqual([])
})

test.each(['Ed25519', 'X25519'] as const)(
  'one body reaches many connections, authorised by %s keys',
  async (senderKeys) => {
    const a = await start({ settings: { threads: 1, senderKeys } })
    const b = await start()
    const pairs: [number, number][] = []
    for (let i = 0; i < 12; i++) {
      const invitation = await a.agent.createInvitation()
      pairs.push(await connect(a, invitation.conn, b, invitation.full))
    }
    const body = utf8('x'.repeat(15_000))
    const failures = await a.store.write(async (tx) => {
      const stored = await a.agent.storeBody(tx, body)
      const second = await a.agent.storeBody(tx, utf8('second'))
      return a.agent.sendMany(tx, [
        ...pairs.map(([conn]) => ({ conn, bodies: [stored, second] })),
        { conn: 999, bodies: [stored] },
      ])
    })
    expect(failures.map((failure) => [failure.conn, failure.error.code])).toEqual([[999, 'not-connected']])
    for (const [, conn] of pairs) {
      await b.expect('MSG', (event) => event.conn === conn && fromUtf8(event.body) === 'second')
    }
    expect(b.events.filter((event) => event.type === 'MSG').length).toBe(24)
    await expect.poll(() => a.store.read((tx) => tx.all('SELECT body FROM snd_bodies'))).toEqual([])
  },
)

test.each([
  ['old', 'new'],
  ['new', 'old'],
  ['old', 'old'],
] as const)('the standard handshake: initiator on an %s router, joiner on a %s one', async (initiator, joiner) => {
  const oldFolder = scratch()
  const old = await localRouter(oldFolder.path, { versions: { min: 6, max: 8 } })
  try {
    const addressOf = (kind: 'old' | 'new') => (kind === 'old' ? old.address : router.address)
    const a = await start({ routers: [addressOf(initiator)] })
    const b = await start({ routers: [addressOf(joiner)], settings: { senderKeys: 'X25519' } })
    const invitation = await a.agent.createInvitation()
    expect(invitation.short === undefined).toBe(initiator === 'old')
    const [aConn, bConn] = await connect(a, invitation.conn, b, invitation.full)
    await exchange(a, aConn, b, bConn, 5)
    const connected = (agent: TestAgent) => agent.events.filter((event) => event.type === 'CON').length
    expect([connected(a), connected(b)]).toEqual([1, 1])
  } finally {
    await Promise.all(running.splice(0).map((agent) => agent.stop()))
    await old.stop()
    oldFolder.remove()
  }
})

test('messages in the middle of the standard handshake do not stop it', async () => {
  const oldFolder = scratch()
  const old = await localRouter(oldFolder.path, { versions: { min: 6, max: 8 } })
  try {
    const a = await start({ routers: [old.address] })
    const b = await start({ routers: [old.address] })
    const invitation = await a.agent.createInvitation()
    const bConn = await b.store.write((tx) => b.agent.join(tx, invitation.full, utf8('joiner')))
    const conf = await a.expect('CONF')
    await a.store.write((tx) => a.agent.allow(tx, invitation.conn, conf.confirmation, utf8('initiator')))
    let talking = true
    const talk = async (agent: TestAgent, conn: number) => {
      while (talking) {
        const message = await sayAtOnce(agent, conn, 'hello?')
        const isIt = (event: { message: number }) => event.message === message
        await Promise.race([agent.expect('SENT', isIt), agent.expect('MERR', isIt)])
      }
    }
    const talks = [talk(a, invitation.conn), talk(b, bConn)]
    await Promise.all([a.expect('CON'), b.expect('CON')])
    talking = false
    await Promise.all(talks)
    await say(a, invitation.conn, 'now')
    await b.expect('MSG', ({ body }) => fromUtf8(body) === 'now')
    expect([...a.events, ...b.events].filter((event) => event.type === 'ERR')).toEqual([])
  } finally {
    await Promise.all(running.splice(0).map((agent) => agent.stop()))
    await old.stop()
    oldFolder.remove()
  }
})
