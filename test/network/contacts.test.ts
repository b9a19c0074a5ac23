import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAgent } from '../../core/agent/agent.ts'
import type { Agent } from '../../core/agent/api.ts'
import type { Contacts, ContactView } from '../../core/chat/contacts/api.ts'
import { createContacts } from '../../core/chat/contacts/contacts.ts'
import { insertProfile, type ProfileId, setOwnProfile } from '../../core/chat/state/profiles.ts'
import type { RunningRouter } from '../../core/router/server.ts'
import { openStore, type Store } from '../../core/store/database.ts'
import { env, localRouter, scratch } from '../support/agents.ts'

/** Two people with real agents, over TLS and a router of their own. */

let folder: ReturnType<typeof scratch>
let router: RunningRouter
const running: Person[] = []

beforeEach(async () => {
  folder = scratch()
  router = await localRouter(folder.path)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((person) => person.stop()))
  await router.stop()
  folder.remove()
})

interface Person {
  readonly profile: ProfileId
  readonly contacts: Contacts
  readonly agent: Agent
  readonly store: Store
  /** Resolves once `condition` holds; asked again after every event. */
  until<T>(condition: () => Promise<T | undefined | false>): Promise<T>
  stop(): Promise<void>
}

async function person(name: string): Promise<Person> {
  const store = await openStore(':memory:', env.clock)
  const profile = await store.write((tx) =>
    insertProfile(tx, { displayName: name, fullName: '' }, { now: env.clock.now() }),
  )
  const waiting = new Set<() => void>()
  let contacts: Contacts | undefined
  const agent = createAgent({
    env,
    store,
    routers: [router.address],
    settings: { threads: 0 },
    handler: { handle: (tx, event) => contacts!.handle(tx, event) },
  })
  contacts = createContacts({
    env,
    store,
    agent,
    notify: () => {
      for (const look of [...waiting]) look()
    },
  })
  await agent.start()
  const self: Person = {
    profile,
    contacts,
    agent,
    store,
    until: (condition) =>
      new Promise((resolve, reject) => {
        const look = () =>
          void condition().then((value) => {
            if (value === undefined || value === false) return
            waiting.delete(look)
            resolve(value)
          }, reject)
        waiting.add(look)
        look()
      }),
    async stop() {
      await agent.stop()
      await store.close()
    },
  }
  running.push(self)
  return self
}

function active({ contacts, until }: Person, name: string): Promise<ContactView> {
  return until(async () =>
    (await contacts.list()).find(({ displayName, status }) => displayName === name && status === 'active'),
  )
}

async function talk(a: Person, b: Person): Promise<void> {
  const [atA, atB] = await Promise.all([active(a, 'b'), active(b, 'a')])
  for (let i = 0; i < 5; i++) {
    await a.contacts.send(atA.id, { text: `a${i}` })
    await b.contacts.send(atB.id, { text: `b${i}` })
  }
  const received = async (of: Person, contact: number, count: number) => {
    const messages = (await of.contacts.messages(contact)).filter(({ sent }) => !sent)
    return messages.length >= count && messages.map(({ text }) => text)
  }
  expect(await b.until(() => received(b, atB.id, 5))).toEqual(['a0', 'a1', 'a2', 'a3', 'a4'])
  expect(await a.until(() => received(a, atA.id, 5))).toEqual(['b0', 'b1', 'b2', 'b3', 'b4'])
  await a.until(async () => (await a.contacts.messages(atA.id)).every(({ delivery }) => delivery?.taken !== 0))
  expect(await a.contacts.securityCode(atA.id)).toEqual(await b.contacts.securityCode(atB.id))
}

test('a one-time link connects two people, who talk and part', async () => {
  const [a, b] = [await person('a'), await person('b')]
  const { link } = await a.contacts.invite(a.profile)
  expect(link).toMatch(/\/i#/)
  expect(await b.contacts.preview(link)).toMatchObject({ kind: 'invitation', profile: { displayName: 'a' } })
  await b.contacts.connect(b.profile, link)
  await talk(a, b)
  expect(await a.contacts.invitations()).toEqual([])
  const [contact] = await a.contacts.list()
  await a.contacts.remove(contact!.id)
  await b.until(async () => (await b.contacts.list())[0]?.status === 'ended')
})

test('an address shows who is behind it, and its owner accepts', async () => {
  const [a, b] = [await person('a'), await person('b')]
  const { link } = await a.contacts.createAddress(a.profile)
  expect(await b.contacts.preview(link)).toMatchObject({ kind: 'address', profile: { displayName: 'a' } })
  const contact = await b.contacts.connect(b.profile, link, { text: 'it is me' })
  const request = await a.until(async () => (await a.contacts.requests())[0])
  expect(request).toMatchObject({ displayName: 'b', text: 'it is me' })
  const accepted = await a.contacts.accept(request.id)
  await active(b, 'a')
  expect((await a.contacts.messages(accepted)).map(({ text }) => text)).toEqual(['it is me'])
  expect((await b.contacts.messages(contact)).map(({ text }) => text)).toEqual(['it is me'])
})

test('encryption that is renewed has another security code, and the conversation goes on', async () => {
  const [a, b] = [await person('a'), await person('b')]
  await b.contacts.connect(b.profile, (await a.contacts.invite(a.profile)).link)
  await talk(a, b)
  const [atA, atB] = [(await active(a, 'b')).id, (await active(b, 'a')).id]
  const before = await a.contacts.securityCode(atA)
  await a.contacts.setVerified(atA, true)
  await a.store.write(async (tx) => {
    const row = await tx.get<{ conn: number }>('SELECT conn FROM contacts WHERE contact = ?', atA)
    await a.agent.synchronise(tx, row!.conn, { force: true })
  })
  await a.contacts.send(atA, { text: 'meanwhile' })
  await b.until(async () => (await b.contacts.messages(atB)).some(({ text }) => text === 'meanwhile'))
  await a.until(async () => (await a.contacts.get(atA))?.renewedAt !== undefined)
  await b.until(async () => (await b.contacts.get(atB))?.renewedAt !== undefined)
  const after = await a.contacts.securityCode(atA)
  expect(after.code).not.toBe(before.code)
  expect(after).toEqual(await b.contacts.securityCode(atB))
  expect((await a.contacts.get(atA))?.verifiedAt).toBeUndefined()
})

test('after a restored backup what is said waits for new keys, which the other side’s next word may bring', async () => {
  const [a, b] = [await person('a'), await person('b')]
  await b.contacts.connect(b.profile, (await a.contacts.invite(a.profile)).link)
  await talk(a, b)
  const [atA, atB] = [(await active(a, 'b')).id, (await active(b, 'a')).id]
  // The last word was a's: b's next one brings new keys (agent §4.1).
  await a.contacts.send(atA, { text: 'last word' })
  await b.until(async () => (await b.contacts.messages(atB)).some(({ text }) => text === 'last word'))
  await a.store.write(async (tx) => {
    await a.agent.retire(tx)
    await a.contacts.renew(tx)
  })
  await a.contacts.send(atA, { text: 'early' })
  await a.store.write(async (tx) => {
    await setOwnProfile(tx, a.profile, { displayName: 'a again', fullName: '' }, env.clock.now() + 1)
    await a.contacts.profileChanged(tx, a.profile)
  })
  await b.contacts.send(atB, { text: 'are you back?' })
  await a.until(async () => (await a.contacts.messages(atA)).some(({ text }) => text === 'are you back?'))
  await a.contacts.send(atA, { text: 'yes' })
  await b.until(async () => (await b.contacts.messages(atB)).some(({ text }) => text === 'yes'))
  const texts = (await b.contacts.messages(atB)).slice(-3).map(({ text }) => text)
  expect(texts.toSorted()).toEqual(['are you back?', 'early', 'yes'])
  expect(texts.at(-1)).toBe('yes')
  expect((await b.contacts.get(atB))?.displayName).toBe('a again')
  await a.contacts.remove(atA)
  await b.until(async () => (await b.contacts.get(atB))?.status === 'ended')
})
