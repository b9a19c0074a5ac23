import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Group } from '../../../core/host/contract/types.ts'
import { startHost, type TestHost } from '../support/hosts.ts'
import { EMMA } from './conversations.ts'
import { type AdasGroups, seedAda, seedContact, seedSuperPeer } from './months.ts'
import type { Pictures } from './pictures.ts'

/**
 * Hosts of a neighbourhood, with groups that were made and joined for real. What takes months to come about is written
 * into their databases: ten thousand members, what they said, a month of figures, a super-peer that fell silent.
 */
export interface Neighbourhood {
  readonly ada: TestHost
  readonly ben: TestHost
  readonly kai: TestHost
  readonly newcomer: TestHost
  /** Serves groups and asks its person. */
  readonly oak: TestHost
  /** Does not answer any more. */
  readonly pine: TestHost
  readonly groups: AdasGroups
  /** Ada's chat with Emma. */
  readonly contact: number
  readonly newsLink: string
  /** A group that only the silent super-peer serves. */
  readonly lostLink: string
  readonly elmAddress: string
  /** Where anybody can ask Ada to talk. */
  readonly adaAddress: string
  /** Somebody does. */
  askAda(): Promise<void>
  stop(): Promise<void>
}

export async function neighbourhood(folder: string, pictures: Pictures): Promise<Neighbourhood> {
  const hosts: TestHost[] = []
  async function host(name: string, ...args: readonly string[]): Promise<TestHost> {
    const started = await startHost(folder, name, ...args)
    hosts.push(started)
    return started
  }

  const [oak, elm, pine, ben, emma, kai, newcomer] = await Promise.all([
    host('oak', '--super-peer', 'Oak'),
    host('elm', '--super-peer', 'Elm'),
    host('pine', '--super-peer', 'Pine'),
    host('ben'),
    host('emma'),
    host('kai'),
    host('newcomer'),
  ])
  await Promise.all([
    oak.api.serving.enable({ displayName: 'Oak', image: pictures.oak, autoAccept: true }),
    elm.api.serving.enable({ displayName: 'Elm', image: pictures.elm, autoAccept: true }),
    pine.api.serving.enable({ displayName: 'Pine', image: pictures.pine, autoAccept: true }),
  ])
  writeOperators(join(folder, 'ada'), pictures, oak, elm)
  const ada = await host('ada')
  const [adaProfile, benProfile, emmaProfile] = await Promise.all([
    ada.api.profiles.create({ displayName: 'Ada Marsh', image: pictures.ada }),
    ben.api.profiles.create({ displayName: 'Ben Okafor', image: pictures.ben }),
    emma.api.profiles.create({ displayName: 'Emma Lindqvist', image: pictures.emma }),
    kai.api.profiles.create({ displayName: 'Kai Nakamura' }),
  ])
  await ada.api.known.add({ address: pine.superPeer, name: 'Pine', image: pictures.pine })
  for (const { superPeer: address } of [oak, elm, pine]) {
    await ada.api.superPeers.test({ profile: adaProfile.id, address })
  }
  // Whoever ran this one has deleted its address.
  const gone = elm.superPeer.replace(/#.{8}/, '#AAAAAAAA')
  await ada.api.known.add({ address: gone, name: 'Birch', image: pictures.birch })

  const news = await create(ada, adaProfile.id, [oak, elm, pine], {
    displayName: 'Harbour News',
    description:
      'What happens between the two piers: ferries, lost cats, borrowed drills. Be kind, stay on topic, no selling.',
    image: pictures.harbour,
  })
  const allotments = await create(ada, adaProfile.id, [oak], {
    displayName: 'Allotment Gardens',
    description: 'Seeds, tools and who waters when.',
    image: pictures.garden,
  })
  const [ferry, choir, cafe, lost] = await Promise.all([
    create(ben, benProfile.id, [oak, elm], {
      displayName: 'Ferry Watch',
      description: 'Delays and cancellations, as they happen. Written by the crew.',
      image: pictures.ferry,
      writers: 'owners',
    }),
    create(ben, benProfile.id, [elm], { displayName: 'Choir', image: pictures.choir }),
    create(ben, benProfile.id, [elm], { displayName: 'مقهى الميناء', image: pictures.cafe }),
    create(ben, benProfile.id, [pine], { displayName: 'Repair Café', image: pictures.repair }),
  ])
  const [ferryHere, choirHere, cafeHere] = await Promise.all(
    [ferry, choir, cafe].map((group) => joinGroup(ada, adaProfile.id, group.link)),
  )
  await joinGroup(ben, benProfile.id, news.link)
  const contact = await befriend(ada, adaProfile.id, emma, emmaProfile.id)
  const { link: adaAddress } = await ada.api.contacts.createAddress({ profile: adaProfile.id })

  await oak.api.serving.enable({ displayName: 'Oak', image: pictures.oak, autoAccept: false })
  await ask(ben, benProfile.id, oak, { displayName: 'Lighthouse Keepers', image: pictures.lighthouse })
  await ask(emma, emmaProfile.id, oak, { displayName: 'Island Bakery' })

  await Promise.all([ada, oak, elm, ben, pine].map((started) => started.kill('SIGTERM')))
  const now = Date.now()
  seedAda(ada.dir, pictures, now, {
    news: news.id,
    allotments: allotments.id,
    ferry: ferryHere!,
    choir: choirHere!,
    cafe: cafeHere!,
  })
  seedContact(ada.dir, contact, now)
  for (const { dir } of [oak, elm]) seedSuperPeer(dir, now)
  await Promise.all([ada, oak, elm, ben].map((stopped) => stopped.start()))

  return {
    ada,
    ben,
    kai,
    newcomer,
    oak,
    pine,
    groups: { news: news.id, allotments: allotments.id, ferry: ferryHere!, choir: choirHere!, cafe: cafeHere! },
    contact,
    newsLink: news.link,
    lostLink: lost.link,
    elmAddress: elm.superPeer,
    adaAddress,
    async askAda() {
      const text = 'May I put the ferry times into Harbour News every morning?'
      await ben.api.contacts.connect({ profile: benProfile.id, link: adaAddress, text })
      await until(async () => (await ada.api.contacts.requests({})).length > 0)
    },
    stop: async () => void (await Promise.allSettled(hosts.map((started) => started.kill()))),
  }
}

interface NewGroup {
  readonly displayName: string
  readonly description?: string
  readonly image?: string
  readonly writers?: 'everyone' | 'owners'
}

async function create(
  owner: TestHost,
  profile: number,
  superPeers: readonly TestHost[],
  group: NewGroup,
): Promise<Group> {
  const progress = await owner.api.groups.create({
    profile,
    history: true,
    ...group,
    superPeers: superPeers.map(({ superPeer }) => superPeer),
  })
  let made: Group | undefined
  for await (const step of progress) {
    if ('group' in step) made = step.group
    if (step.step === 'done') break
  }
  return owner.api.groups.confirm({ group: made!.id })
}

/** Resolves to the group, as the member's host counts. */
async function joinGroup(member: TestHost, profile: number, link: string): Promise<number> {
  let joined = 0
  for await (const step of await member.api.groups.join({ profile, link })) {
    if ('group' in step) joined = step.group.id
    if (step.step === 'done') break
  }
  return joined
}

/** Invites the super-peer to a group that stays unfinished. */
async function ask(owner: TestHost, profile: number, superPeer: TestHost, group: NewGroup): Promise<void> {
  const progress = await owner.api.groups.create({
    profile,
    history: true,
    ...group,
    superPeers: [superPeer.superPeer],
  })
  for await (const step of progress) if (step.step === 'super-peer' && step.superPeer.status === 'invited') break
  const waiting = async () =>
    (await superPeer.api.serving.requests({})).some(({ groupName }) => groupName === group.displayName)
  await until(waiting)
}

/** Resolves to the contact, as the first host counts. */
async function befriend(one: TestHost, profile: number, other: TestHost, otherProfile: number): Promise<number> {
  const { link } = await other.api.contacts.invite({ profile: otherProfile })
  const contact = await one.api.contacts.connect({ profile, link })
  await until(async () => (await one.api.contacts.get({ contact: contact.id })).status === 'active')
  const [there] = await other.api.contacts.list({})
  await until(async () => (await other.api.contacts.get({ contact: there!.id })).status === 'active')
  for (const { own, text } of EMMA) {
    const before = (await one.api.contactMessages.list({ contact: contact.id })).length
    if (own) await one.api.contactMessages.send({ contact: contact.id, text })
    else await other.api.contactMessages.send({ contact: there!.id, text })
    await until(async () => (await one.api.contactMessages.list({ contact: contact.id })).length > before)
  }
  return contact.id
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let round = 0; !(await condition()); round++) {
    if (round > 600) throw new Error('what the gallery waits for does not happen')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** The operators that come with the program, and one of the neighbourhood. */
function writeOperators(dir: string, pictures: Pictures, oak: TestHost, elm: TestHost): void {
  const file = new URL('../../../core/host/operators/presets.json', import.meta.url)
  const presets = JSON.parse(readFileSync(file, 'utf8')) as { operators: object[] }
  presets.operators.unshift({
    id: 'tidewater',
    name: 'Tidewater Co-op',
    legalName: 'Tidewater Cooperative Society',
    website: 'https://tidewater.example',
    domains: [],
    about: {
      en: 'Neighbours who run computers for neighbours, since 2019.',
      de: 'Nachbarn, die Rechner für Nachbarn betreiben.',
    },
    image: pictures.tide,
    preselected: 2,
    superPeers: [
      { name: 'Oak', address: oak.superPeer },
      { name: 'Elm', address: elm.superPeer },
    ],
    routers: [],
  })
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'operators.json'), JSON.stringify(presets))
}
