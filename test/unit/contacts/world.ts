import { expect } from 'vitest'
import type {
  ContactEvent,
  ContactId,
  ContactMessageView,
  Contacts,
  ContactView,
} from '../../../core/chat/contacts/api.ts'
import { createContacts } from '../../../core/chat/contacts/contacts.ts'
import { insertProfile, type ProfileId } from '../../../core/chat/state/profiles.ts'
import { openStore, type Store } from '../../../core/store/database.ts'
import { createFakeNetwork, type FakeAgent, type FakeNetwork } from '../../support/fake-agent.ts'
import { beginLives } from '../superpeer/lives.ts'
import { type VirtualTime, virtualEnv, virtualTime } from '../superpeer/virtual.ts'

/** People who talk with each other, on one fake network and one virtual clock. */
export interface ContactWorld {
  readonly network: FakeNetwork
  readonly time: VirtualTime
  person(name: string): Promise<Person>
  /** Runs until `condition` holds, read from databases. */
  until(condition: () => Promise<boolean>): Promise<void>
  /** The value of a promise that needs virtual time to pass. */
  settled<T>(promise: Promise<T>): Promise<T>
  /** Two who are connected by a one-time link, and how each calls the other. */
  pair(): Promise<{
    readonly anna: Person
    readonly bruno: Person
    readonly annas: ContactId
    readonly brunos: ContactId
  }>
}

export interface Person {
  readonly name: string
  readonly profile: ProfileId
  readonly store: Store
  /** Of the present life. */
  readonly contacts: Contacts
  readonly agent: FakeAgent
  readonly events: ContactEvent[]
  start(): Promise<void>
  /** Dies at the `count`-th write from now: before its commit, or right after it. */
  crashAt(count: number, committed: boolean): void
  readonly crashed: boolean
  /** The contact of this name, what the database says. */
  contact(name: string): Promise<ContactView | undefined>
  texts(contact: ContactId): Promise<string[]>
  message(contact: ContactId, text: string): Promise<ContactMessageView>
}

export function createContactWorld(): ContactWorld {
  const time = virtualTime()
  const network = createFakeNetwork()

  async function until(condition: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await condition()); tries++) {
      if (tries === 10_000) throw new Error('what the test waits for does not happen')
      await time.pass(10)
    }
  }

  async function settled<T>(promise: Promise<T>): Promise<T> {
    let done = false
    const finish = () => {
      done = true
    }
    promise.then(finish, finish)
    await until(async () => done)
    return promise
  }

  const person = (name: string) => createPerson(network, time, name)
  return {
    network,
    time,
    person,
    until,
    settled,
    async pair() {
      const [anna, bruno] = [await person('anna'), await person('bruno')]
      const { link } = await settled(anna.contacts.invite(anna.profile))
      const brunos = await settled(bruno.contacts.connect(bruno.profile, link))
      await until(async () => (await anna.contact('bruno'))?.status === 'active')
      await until(async () => (await bruno.contact('anna'))?.status === 'active')
      return { anna, bruno, annas: (await anna.contact('bruno'))!.id, brunos }
    },
  }
}

async function createPerson(network: FakeNetwork, time: VirtualTime, name: string): Promise<Person> {
  const store = await openStore(':memory:', time.clock)
  const profile = await store.write((tx) =>
    insertProfile(tx, { displayName: name, fullName: '' }, { now: time.clock.now() }),
  )
  const events: ContactEvent[] = []
  const lives = await beginLives({
    name,
    store,
    network,
    time,
    create: (deps) => createContacts({ ...deps, notify: (event) => events.push(event) }),
  })
  const reader = createReader(store, lives.agent)
  return {
    name,
    profile,
    store,
    get contacts() {
      return lives.part
    },
    get agent() {
      return lives.agent
    },
    events,
    start: lives.start,
    crashAt: lives.crashAt,
    get crashed() {
      return lives.crashed
    },
    contact: async (wanted) => (await reader.list()).find(({ displayName }) => displayName === wanted),
    texts: async (contact) => (await reader.messages(contact, { limit: 500 })).map(({ text }) => text),
    message: async (contact, text) => {
      const found = (await reader.messages(contact, { limit: 500 })).find((message) => message.text === text)
      expect(found, `${name} has "${text}"`).toBeDefined()
      return found!
    },
  }
}

/** Reads the database whether the host lives or not. */
function createReader(store: Store, agent: FakeAgent): Contacts {
  const env = virtualEnv(virtualTime().clock, 'reader')
  return createContacts({ env, store, agent, notify: () => {} })
}
