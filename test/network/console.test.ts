import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { scratch } from '../support/agents.ts'
import { hearth, type Running } from '../support/processes.ts'

/** Consoles and a router as processes: what other implementations' tests see of the agent. */

interface Line {
  readonly id?: number
  readonly ok?: Record<string, unknown>
  readonly error?: { readonly kind: string; readonly code: string }
  readonly event?: string
  readonly conn?: number
  readonly [field: string]: unknown
}

interface Console {
  ask(verb: string, fields?: object): Promise<Line>
  ok<T = Record<string, unknown>>(verb: string, fields?: object): Promise<T>
  event(name: string, match?: (line: Line) => boolean): Promise<Line>
  /**
   * Texts of all MSG lines of this and earlier runs, by connection. The line that a kill came right after is there
   * again, marked as repeated and with its number (docs/console.md): it counts once.
   */
  messages(conn: number): string[]
  kill(): Promise<void>
  start(): void
  readonly running: Running
}

let folder: ReturnType<typeof scratch>
let router: Running
let address: string
const consoles: Console[] = []

beforeEach(async () => {
  folder = scratch()
  router = hearth('router', '--dir', `${folder.path}/router`, '--port', '0', '--ed25519')
  address = await router.line()
})

afterEach(async () => {
  await Promise.all([router.kill(), ...consoles.splice(0).map((each) => each.kill())])
  folder.remove()
})

function open(name: string): Console {
  const earlier: string[] = []
  let running: Running
  let lastId = 0
  function start(): void {
    running = hearth('agent', '--dir', `${folder.path}/${name}`, '--router', address)
  }
  start()
  const console: Console = {
    get running() {
      return running
    },
    start,
    async ask(verb, fields = {}) {
      lastId += 1
      const id = lastId
      running.child.stdin?.write(`${JSON.stringify({ id, do: verb, ...fields })}\n`)
      return JSON.parse(await running.line((line) => (JSON.parse(line) as Line).id === id)) as Line
    },
    async ok<T>(verb: string, fields?: object) {
      const { ok, error } = await console.ask(verb, fields)
      if (ok === undefined) throw new Error(`${verb}: ${JSON.stringify(error)}`)
      return ok as T
    },
    async event(name, match = () => true) {
      const line = await running.line((text) => {
        const parsed = JSON.parse(text) as Line
        return parsed.event === name && match(parsed)
      })
      return JSON.parse(line) as Line
    },
    messages(conn) {
      return [...earlier, ...running.lines]
        .map((text) => JSON.parse(text) as Line)
        .filter((line) => line.event === 'MSG' && line.conn === conn)
        .filter((line, index, all) => line.repeated !== true || line.msgId !== all[index - 1]?.msgId)
        .map((line) => text(line.body))
    },
    async kill() {
      await running.kill()
      earlier.push(...running.lines)
    },
  }
  consoles.push(console)
  return console
}

function bytes(value: string): string {
  return Buffer.from(value).toString('base64url')
}

function text(value: unknown): string {
  return Buffer.from(String(value), 'base64url').toString()
}

interface Created {
  readonly conn: number
  readonly fullLink: string
  readonly shortLink: string
}

/** Connects through an invitation; resolves to the connection at both sides. */
async function connectByInvitation(a: Console, b: Console, form: 'fullLink' | 'shortLink'): Promise<[number, number]> {
  const invitation = await a.ok<Created>('invite')
  const { conn } = await b.ok<{ conn: number }>('join', { link: invitation[form], info: bytes('from b') })
  const confirmation = await a.event('CONF', (line) => line.conn === invitation.conn)
  expect(text(confirmation.info)).toBe('from b')
  await a.ok('allow', { conn: invitation.conn, confId: confirmation.confId, info: bytes('from a') })
  await Promise.all([
    a.event('CON', (line) => line.conn === invitation.conn),
    b.event('CON', (line) => line.conn === conn),
  ])
  expect(text((await b.event('INFO', (line) => line.conn === conn)).info)).toBe('from a')
  return [invitation.conn, conn]
}

async function connectByAddress(a: Console, b: Console, link: string, addressConn: number): Promise<[number, number]> {
  const { conn } = await b.ok<{ conn: number }>('join', { link, info: bytes('from b') })
  const request = await a.event('REQ', (line) => line.conn === addressConn)
  const accepted = await a.ok<{ conn: number }>('accept', { requestId: request.requestId, info: bytes('from a') })
  const confirmation = await b.event('CONF', (line) => line.conn === conn)
  await b.ok('allow', { conn, confId: confirmation.confId, info: bytes('from b') })
  await Promise.all([
    a.event('CON', (line) => line.conn === accepted.conn),
    b.event('CON', (line) => line.conn === conn),
  ])
  return [accepted.conn, conn]
}

async function exchange(a: Console, connA: number, b: Console, connB: number): Promise<void> {
  await a.ok('send', { conn: connA, body: bytes('ping') })
  await b.event('MSG', (line) => line.conn === connB && text(line.body) === 'ping')
  await b.ok('send', { conn: connB, body: bytes('pong') })
  await a.event('MSG', (line) => line.conn === connA && text(line.body) === 'pong')
}

describe('two consoles in two processes', () => {
  test.each(['fullLink', 'shortLink'] as const)('connect by an invitation (%s)', async (form) => {
    const [a, b] = [open('a'), open('b')]
    const [connA, connB] = await connectByInvitation(a, b, form)
    await exchange(a, connA, b, connB)
  })

  test('connect by an address, in full and short, with link data', async () => {
    const [a, b, c] = [open('a'), open('b'), open('c')]
    const created = await a.ok<Created>('address', { linkData: bytes('who I am'), type: 'a' })
    expect(text((await b.ok('read-link', { link: created.shortLink })).userData)).toBe('who I am')
    await a.ok('set-link-data', { conn: created.conn, userData: `${bytes('who I became')}` })
    expect(text((await b.ok('read-link', { link: created.shortLink })).userData)).toBe('who I became')
    const short = await connectByAddress(a, b, created.shortLink, created.conn)
    await exchange(a, short[0], b, short[1])
    const { conn } = await c.ok<{ conn: number }>('join', { link: created.fullLink, info: bytes('from c') })
    const request = await a.event('REQ', (line) => text(line.info) === 'from c')
    await a.ok('reject', { requestId: request.requestId })
    expect(await c.ok('connections')).toMatchObject([{ conn }])
  })

  test('answer every mistake, and go on', async () => {
    const a = open('a')
    a.running.child.stdin?.write('nonsense\n\n[]\n')
    await a.running.line((line) => line.includes('"syntax"'))
    expect(await a.ask('dance')).toMatchObject({ error: { kind: 'usage', code: 'verb' } })
    expect(await a.ask('send', { conn: 'x' })).toMatchObject({ error: { kind: 'usage', code: 'field' } })
    expect(await a.ask('join', { link: 'https://nowhere' })).toHaveProperty('error')
    expect(await a.ask('send', { conn: 99, body: '' })).toHaveProperty('error')
    a.running.child.stdin?.write(`{"id":0,"do":"${'x'.repeat(1024 * 1024)}"}\n`)
    await a.running.line((line) => line.includes('too long'))
    expect(await a.ok('connections')).toEqual([])
  })

  test('end in good order with quit and with the end of their input', async () => {
    const [a, b] = [open('a'), open('b')]
    await a.ok('connections')
    await b.ok('connections')
    expect(await a.ask('quit')).toHaveProperty('ok')
    expect(await a.running.exit).toEqual({ code: 0, signal: null })
    b.running.child.stdin?.end('{"id":50,"do":"connections"}\n')
    expect(await b.running.exit).toEqual({ code: 0, signal: null })
    expect(b.running.lines.at(-1)).toContain('"id":50')
  })

  test('exchange messages once and in order while either is killed and started again', async () => {
    const [a, b] = [open('a'), open('b')]
    const [connA, connB] = await connectByInvitation(a, b, 'fullLink')
    const COUNT = 120
    async function say(console: Console, conn: number, name: string, from: number, to: number): Promise<void> {
      for (let i = from; i < to; i += 1) await console.ok('send', { conn, body: bytes(`${name} ${i}`) })
    }
    for (let from = 0; from < COUNT; from += 30) {
      const both = Promise.all([say(a, connA, 'a', from, from + 30), say(b, connB, 'b', from, from + 30)])
      await both
      // Messages of this round are still on their way.
      const victim = (from / 30) % 2 === 0 ? a : b
      await victim.kill()
      victim.start()
    }
    const expected = (name: string) => Array.from({ length: COUNT }, (_, i) => `${name} ${i}`)
    await expect.poll(() => b.messages(connB).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(COUNT)
    await expect.poll(() => a.messages(connA).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(COUNT)
    expect(b.messages(connB)).toEqual(expected('a'))
    expect(a.messages(connA)).toEqual(expected('b'))
  }, 90_000)

  test('a new ratchet is made although each is killed in the middle of it', async () => {
    const [a, b] = [open('a'), open('b')]
    const [connA, connB] = await connectByInvitation(a, b, 'fullLink')
    await exchange(a, connA, b, connB)
    expect((await a.ask('renew', { conn: connA })).error?.code).toBe('sync')
    await b.kill()
    await a.ok('renew', { conn: connA, force: true })
    await a.ok('send', { conn: connA, body: bytes('said meanwhile') })
    await a.kill()
    b.start()
    a.start()
    await b.event('RSYNC', ({ conn, state }) => conn === connB && state === 'agreed')
    await b.kill()
    b.start()
    await b.event('MSG', (line) => text(line.body) === 'said meanwhile')
    await a.event('RSYNC', (line) => line.conn === connA && line.renewed === true)
    await exchange(a, connA, b, connB)
    expect(b.messages(connB)).toEqual(['ping', 'said meanwhile', 'ping'])
  }, 60_000)

  test('a message survives kill -9 of the router', async () => {
    const [a, b] = [open('a'), open('b')]
    const [connA, connB] = await connectByInvitation(a, b, 'shortLink')
    await b.kill()
    const { msgId } = await a.ok<{ msgId: number }>('send', { conn: connA, body: bytes('kept') })
    await a.event('SENT', (line) => line.msgId === msgId)
    await router.kill()
    const port = address.split(':').at(-1) as string
    router = hearth('router', '--dir', `${folder.path}/router`, '--port', port)
    expect(await router.line()).toBe(address)
    b.start()
    const message = await b.event('MSG')
    expect([message.conn, text(message.body)]).toEqual([connB, 'kept'])
  })

  test('a folder is used by one process at a time', async () => {
    const a = open('a')
    await a.ok('connections')
    const second = hearth('agent', '--dir', `${folder.path}/a`, '--router', address)
    expect((await second.exit).code).toBe(75)
    expect(await a.ok('connections')).toEqual([])
  })
})
