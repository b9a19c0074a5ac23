import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { retire } from '../../core/agent/retire.ts'
import { fromUtf8, utf8 } from '../../core/codec/bytes.ts'
import type { RunningRouter } from '../../core/router/server.ts'
import { openStore } from '../../core/store/database.ts'
import { env, localRouter, scratch, type TestAgent, testAgent } from '../support/agents.ts'

let folder: ReturnType<typeof scratch>
let router: RunningRouter

beforeAll(async () => {
  folder = scratch()
  router = await localRouter(join(folder.path, 'router'))
})
afterAll(async () => {
  await router.stop()
  folder.remove()
})

async function pair(
  path: string,
): Promise<{ readonly anna: TestAgent; readonly bruno: TestAgent; conns: [number, number] }> {
  const anna = await testAgent({
    routers: [router.address],
    path,
    handle: async (tx, event, agent) => {
      if (event.type === 'CONF') await agent.allow(tx, event.conn, event.confirmation, utf8('anna'))
      return undefined
    },
  })
  const bruno = await testAgent({ routers: [router.address] })
  const { conn, full } = await anna.agent.createInvitation()
  const joined = await bruno.store.write((tx) => bruno.agent.join(tx, full, utf8('bruno')))
  await Promise.all([anna.expect('CON'), bruno.expect('CON')])
  return { anna, bruno, conns: [conn, joined] }
}

function say(from: TestAgent, conn: number, text: string): Promise<number> {
  return from.store.write((tx) => from.agent.send(tx, conn, utf8(text)))
}

async function hear(by: TestAgent, text: string): Promise<void> {
  await by.expect('MSG', ({ body }) => fromUtf8(body) === text)
}

describe('a database that is older than what its peers have seen', () => {
  test('sends nothing under keys that were used, and goes on once both ends have a new ratchet', async () => {
    const path = join(folder.path, 'anna.db')
    const { anna, bruno, conns } = await pair(path)
    await say(anna, conns[0], 'one')
    await hear(bruno, 'one')
    await anna.stop()

    const store = await openStore(path, env.clock)
    await store.write(retire)
    await store.close()
    const back = await testAgent({ routers: [router.address], path })
    await say(back, conns[0], 'two')
    await hear(bruno, 'two')
    const states = (agent: TestAgent) => agent.events.flatMap((event) => (event.type === 'RSYNC' ? [event.state] : []))
    expect([states(back), states(bruno)]).toEqual([
      ['started', 'agreed', 'ok'],
      ['agreed', 'ok'],
    ])
    await say(bruno, conns[1], 'are you there?')
    await hear(back, 'are you there?')
    await Promise.all([back.stop(), bruno.stop()])
  })

  test('goes on with a peer that knows no renewal once that began a new chain', async () => {
    const path = join(folder.path, 'old-peer.db')
    const { anna, bruno, conns } = await pair(path)
    await say(anna, conns[0], 'one')
    await hear(bruno, 'one')
    await anna.stop()

    const store = await openStore(path, env.clock)
    await store.write(async (tx) => {
      await tx.run('UPDATE connections SET agent_version = 2')
      await retire(tx)
    })
    await store.close()
    const back = await testAgent({ routers: [router.address], path })
    await expect(say(back, conns[0], 'two')).rejects.toMatchObject({ code: 'not-connected' })

    await say(bruno, conns[1], 'are you there?')
    await hear(back, 'are you there?')
    await say(back, conns[0], 'three')
    await hear(bruno, 'three')
    await Promise.all([back.stop(), bruno.stop()])
  })

  test('drops what waited to be sent: it may have been sent', async () => {
    const path = join(folder.path, 'waiting.db')
    const { anna, bruno, conns } = await pair(path)
    await bruno.stop()
    await anna.stop()
    const store = await openStore(path, env.clock)
    await store.write(async (tx) => {
      await tx.run('INSERT INTO snd_bodies (bytes) VALUES (?)', utf8('waiting'))
      await tx.run("INSERT INTO commands (conn, kind, arguments) VALUES (?, 'link', x'7b7d')", conns[0])
      await tx.run("INSERT INTO commands (conn, kind, arguments) VALUES (?, 'delete', x'7b7d')", conns[0])
      await retire(tx)
    })
    const left = await store.read(async (tx) => ({
      bodies: await tx.all('SELECT 1 FROM snd_bodies'),
      messages: await tx.all('SELECT 1 FROM snd_messages'),
      commands: await tx.all('SELECT kind FROM commands'),
    }))
    expect(left).toEqual({ bodies: [], messages: [], commands: [{ kind: 'delete' }] })
    await store.close()
  })

  test('takes a subscription back that another client took', async () => {
    const path = join(folder.path, 'contested.db')
    const { anna, bruno, conns } = await pair(path)
    anna.agent.resubscribe(conns[0])
    anna.agent.resubscribe(9999)
    await say(bruno, conns[1], 'hello')
    await hear(anna, 'hello')
    await Promise.all([anna.stop(), bruno.stop()])
  })
})
