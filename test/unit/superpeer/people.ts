import type { AgentEvent, ConnId, LinkUserData } from '../../../core/agent/api.ts'
import { signOwner } from '../../../core/agent/links/owners.ts'
import { type ParsedElement, parseBody, parseConnInfo } from '../../../core/chat/container.ts'
import type { ChatEvent } from '../../../core/chat/events.ts'
import { idKey, newGroupLinkId, newMemberId, newSharedMsgId } from '../../../core/chat/ids.ts'
import { encodeClientData, encodeGroupLinkData } from '../../../core/chat/link-data.ts'
import {
  encodeConnInfo,
  type GroupAuthor,
  groupBodies,
  groupElement,
  type OutgoingEvent,
} from '../../../core/chat/outgoing.ts'
import type { GroupProfile } from '../../../core/chat/profile.ts'
import { encodeRoster, type RosterEntry, rosterChunks, rosterHeader } from '../../../core/chat/roster.ts'
import type { VersionRange } from '../../../core/codec/version.ts'
import { sha256 } from '../../../core/crypto/hash.ts'
import { generateKeyPair, publicKeyOf } from '../../../core/crypto/keypair.ts'
import type { Store, Tx } from '../../../core/store/database.ts'
import type { FakeAgent } from '../../support/fake-agent.ts'
import { seededRandom } from './virtual.ts'
import type { World } from './world.ts'

/** Owners and members that speak the wire format themselves, and note everything that reaches them. */

export interface Heard {
  readonly relay: string
  readonly event: ChatEvent
  readonly msgId: string | undefined
  /** Base64url member id of a forward's sender; undefined for what the relay says itself. */
  readonly sender: string | undefined
  readonly text: string | undefined
  readonly signed: boolean
}

export interface Person {
  readonly name: string
  readonly id: string
  readonly author: GroupAuthor
  readonly heard: Heard[]
  /** What a member may not see: content of somebody whose record did not come before, on the same connection. */
  readonly violations: string[]
  readonly conns: Map<string, ConnId>
  readonly store: Store
  readonly agent: FakeAgent
  /** Sends to every relay and returns the message's id. */
  say(text: string, options?: { readonly sign?: boolean }): Promise<string>
  /** Many texts in as few bodies as they fit. */
  sayAll(texts: readonly string[]): Promise<void>
  tell(event: ChatEvent, rest?: Partial<OutgoingEvent>): Promise<string>
  sendRaw(body: Uint8Array, relay?: string): Promise<void>
  /** Stops reading, as a host that is switched off does. */
  away(): Promise<void>
  back(): Promise<void>
  texts(relay?: string): string[]
}

interface PersonState {
  readonly person: Person
  readonly connected: Set<string>
}

async function createPerson(world: World, name: string, publicGroupId: Uint8Array): Promise<PersonState> {
  const { store, agent } = await world.host(name)
  const random = seededRandom(`person ${name}`)
  const keys = generateKeyPair('Ed25519', random)
  const memberId = newMemberId(random)
  const author: GroupAuthor = { publicGroupId, memberId, key: keys.privateKey, name }
  const conns = new Map<string, ConnId>()
  const heard: Heard[] = []
  const violations: string[] = []
  const person: Person = {
    name,
    id: idKey(memberId),
    author,
    heard,
    violations,
    conns,
    store,
    agent,
    say: (text, options = {}) =>
      person.tell({ type: 'x.msg.new', params: { content: { type: 'text', text } } }, { sign: options.sign }),
    sayAll: async (texts) => {
      const elements = texts.map((text) =>
        groupElement(author, { event: { type: 'x.msg.new', params: { content: { type: 'text', text } } } }, random),
      )
      for (const body of groupBodies(elements)) await person.sendRaw(body)
    },
    tell: async (event, rest = {}) => {
      const msgId = rest.msgId ?? newSharedMsgId(random)
      const { element } = groupElement(author, { event, msgId, sign: rest.sign }, random)
      await store.write(async (tx) => {
        for (const conn of conns.values()) await agent.send(tx, conn, element)
      })
      return idKey(msgId)
    },
    sendRaw: async (body, relay) => {
      await store.write(async (tx) => {
        for (const [link, conn] of conns) if (relay === undefined || relay === link) await agent.send(tx, conn, body)
      })
    },
    away: () => agent.stop(),
    back: () => agent.start(),
    texts: (relay) =>
      heard
        .filter((item) => item.text !== undefined && (relay === undefined || item.relay === relay))
        .map((h) => h.text!),
  }
  await agent.start()
  return { person, connected: new Set() }
}

function note(person: Person, relay: string, known: Set<string>, element: ParsedElement): void {
  if (element.type === 'error') {
    person.violations.push(`unreadable element from ${relay}`)
    return
  }
  if (element.type === 'chunk') return
  const { message, forwarded, signed } = element
  const { event } = message
  const sender = forwarded?.sender.type === 'member' ? idKey(forwarded.sender.memberId) : undefined
  if (event.type === 'x.grp.mem.new' || event.type === 'x.grp.mem.intro')
    known.add(idKey(event.params.memberInfo.memberId))
  if (sender === person.id) person.violations.push(`own ${event.type} came back from ${relay}`)
  else if (sender !== undefined && !known.has(sender) && event.type !== 'x.grp.leave') {
    person.violations.push(
      `${event.type} of ${forwarded!.sender.type === 'member' ? forwarded!.sender.name : ''} without record`,
    )
  }
  person.heard.push({
    relay,
    event,
    msgId: message.msgId && idKey(message.msgId),
    sender,
    text: event.type === 'x.msg.new' ? event.params.content.text : undefined,
    signed: signed !== undefined,
  })
}

export interface TestOwner extends Person {
  readonly link: string
  readonly groupProfile: GroupProfile
  /** Invites, by default with the group's link as it is. */
  invite(address: string, groupLink?: string): Promise<void>
  publish(): Promise<void>
  /** Writes link data that say who may write. */
  setEveryone(everyone: boolean): Promise<void>
  /** Links of relays that are published. */
  readonly relays: readonly string[]
  /** Takes the relay out of the link data. */
  unpublish(relay: string): Promise<void>
  relayMemberId(relay: string): Uint8Array
  sendRoster(version: number, entries: readonly RosterEntry[]): Promise<void>
  readonly acks: { readonly version: number; readonly error: string | undefined }[]
  readonly rejections: string[]
}

export interface OwnerOptions {
  readonly image?: string
  readonly description?: string
  readonly everyone?: boolean
  readonly history?: boolean
}

export async function createOwner(world: World, options: OwnerOptions = {}): Promise<TestOwner> {
  const random = seededRandom('group')
  const root = generateKeyPair('Ed25519', random)
  const publicGroupId = sha256(root.publicKey.raw)
  const { person } = await createPerson(world, 'owner', publicGroupId)
  const { agent, store, author } = person
  const prepared = agent.prepareAddress({
    type: 'c',
    rootKey: root.privateKey,
    entityId: publicGroupId,
    clientData: encodeClientData(newGroupLinkId(random)),
  })
  const groupProfile: GroupProfile = {
    displayName: 'news',
    fullName: '',
    publicGroup: { groupType: 'channel', groupLink: prepared.short, publicGroupId },
    groupPreferences: { history: { enable: options.history === false ? 'off' : 'on' } },
    ...(options.image !== undefined && { image: options.image }),
    ...(options.description !== undefined && { description: options.description }),
  }
  const owners = [signOwner(author.memberId, publicKeyOf(author.key), root.privateKey)]
  const relays: string[] = []
  const pending = new Map<ConnId, { memberId: Uint8Array; link?: string; confirmation?: number }>()
  const memberIds = new Map<string, Uint8Array>()
  const known = new Map<string, Set<string>>()
  const acks: TestOwner['acks'] = []
  let everyone = options.everyone === true
  const rejections: string[] = []
  const data = (): LinkUserData => ({
    direct: false,
    owners,
    relays,
    userData: encodeGroupLinkData({
      groupProfile,
      publicGroupData: { publicMemberCount: 1 },
      ...(everyone && { ext: ['post1'] }),
    }),
  })
  const address = await agent.createPreparedAddress(prepared, data())
  const roster = async (tx: Tx, conn: ConnId, version: number, entries: readonly RosterEntry[]) => {
    const blob = encodeRoster(entries)
    const msgId = newSharedMsgId(random)
    const { element } = groupElement(
      author,
      { event: { type: 'x.grp.roster', params: rosterHeader(version, blob) }, msgId },
      random,
    )
    await agent.send(tx, conn, element)
    for (const chunk of rosterChunks(msgId, blob)) await agent.send(tx, conn, chunk)
  }

  agent.setHandler({
    async handle(tx, event) {
      if (event.type === 'CONF') await confirmed(tx, event)
      if (event.type === 'CON') {
        const relay = pending.get(event.conn)
        if (relay?.link !== undefined) {
          person.conns.set(relay.link, event.conn)
          known.set(relay.link, new Set([person.id]))
          await roster(tx, event.conn, 0, [])
        }
      }
      if (event.type === 'MSG') heard(event)
      return undefined
    },
  })

  async function confirmed(tx: Tx, event: AgentEvent & { type: 'CONF' }): Promise<void> {
    const { event: answer } = parseConnInfo(event.info).message
    const relay = pending.get(event.conn)!
    if (answer.type === 'x.grp.relay.reject') {
      rejections.push(answer.params.reason)
      await agent.allow(tx, event.conn, event.confirmation, encodeConnInfo({ type: 'x.ok', params: {} }))
      return
    }
    if (answer.type !== 'x.grp.relay.acpt') throw new Error(`answered with ${answer.type}`)
    relay.link = answer.params.relayLink
    memberIds.set(relay.link, relay.memberId)
    await agent.allow(tx, event.conn, event.confirmation, encodeConnInfo({ type: 'x.ok', params: {} }))
  }

  function heard(event: AgentEvent & { type: 'MSG' }): void {
    const relay = [...person.conns].find(([, conn]) => conn === event.conn)![0]
    for (const element of parseBody(event.body)) {
      note(person, relay, known.get(relay)!, element)
      if (element.type !== 'message' || element.message.event.type !== 'x.grp.roster.ack') continue
      const { version, error } = element.message.event.params
      acks.push({ version, error })
      if (!relays.includes(relay)) {
        relays.push(relay)
        void publish()
      }
    }
  }

  async function publish(): Promise<void> {
    await store.write((tx) => agent.setLinkData(tx, address, data()))
  }

  return Object.assign(person, {
    link: prepared.short,
    groupProfile,
    relays,
    acks,
    rejections,
    publish,
    setEveryone: async (value: boolean) => {
      everyone = value
      await publish()
    },
    relayMemberId: (relay: string) => memberIds.get(relay)!,
    unpublish: async (relay: string) => {
      relays.splice(relays.indexOf(relay), 1)
      await publish()
    },
    sendRoster: (version: number, entries: readonly RosterEntry[]) =>
      store.write(async (tx) => {
        for (const conn of person.conns.values()) await roster(tx, conn, version, entries)
      }),
    invite: async (relayAddress: string, groupLink: string = prepared.short) => {
      const relayMemberId = newMemberId(random)
      await store.write(async (tx) => {
        const conn = await agent.join(
          tx,
          `full:${relayAddress}`,
          encodeConnInfo({
            type: 'x.grp.relay.inv',
            params: {
              groupRelayInvitation: {
                fromMember: { memberId: author.memberId, memberRole: 'owner' },
                fromMemberProfile: { displayName: 'owner', fullName: '' },
                relayMemberId,
                groupLink,
              },
            },
          }),
        )
        pending.set(conn, { memberId: relayMemberId })
      })
    },
  })
}

export interface TestMember extends Person {
  /** Asks every relay that is published. */
  join(relays?: readonly string[]): Promise<void>
  /** The role that the first relay gave. */
  readonly role: string | undefined
  readonly rejected: string[]
  /** Relays whose connection is usable. */
  readonly connected: ReadonlySet<string>
}

export interface JoinForgery {
  /** Signs with another key than it introduces. */
  readonly badSignature?: boolean
  readonly viaRelay?: Uint8Array
  /** Neither signs nor names the super-peer, as a program that announces these versions. */
  readonly unsigned?: VersionRange
}

export async function createMember(
  world: World,
  owner: TestOwner,
  name: string,
  options: { readonly forgery?: JoinForgery; readonly image?: string; readonly as?: Person } = {},
): Promise<TestMember> {
  const { person, connected } = await createPerson(world, name, owner.author.publicGroupId)
  const { agent, store } = person
  const author: GroupAuthor = options.as?.author ?? person.author
  const profile = { displayName: name, fullName: '', ...(options.image !== undefined && { image: options.image }) }
  const relayOf = new Map<ConnId, string>()
  const known = new Map<string, Set<string>>()
  const rejected: string[] = []
  let role: string | undefined

  agent.setHandler({
    async handle(tx, event) {
      if (event.type === 'CONF') {
        const { event: answer } = parseConnInfo(event.info).message
        if (answer.type === 'x.grp.link.reject') {
          rejected.push(answer.params.groupLinkRejection.rejectionReason)
          return undefined
        }
        if (answer.type !== 'x.grp.link.inv') throw new Error(`answered with ${answer.type}`)
        role ??= answer.params.groupLinkInvitation.invitedMember.memberRole
        await agent.allow(tx, event.conn, event.confirmation, encodeConnInfo({ type: 'x.info', params: { profile } }))
      }
      if (event.type === 'CON') {
        const relay = relayOf.get(event.conn)!
        person.conns.set(relay, event.conn)
        connected.add(relay)
      }
      if (event.type === 'MSG') {
        const relay = relayOf.get(event.conn)!
        for (const element of parseBody(event.body)) note(person, relay, known.get(relay)!, element)
      }
      return undefined
    },
  })

  const member: TestMember = Object.assign(person, {
    role: undefined,
    rejected,
    connected,
    join: async (relays: readonly string[] = owner.relays) => {
      for (const relay of relays) {
        const content = world.network.link(relay)!
        const forged = options.forgery?.badSignature === true
        const keys = generateKeyPair('Ed25519', seededRandom(`other ${name}`))
        const signer = forged ? { ...author, key: keys.privateKey } : author
        const unsigned = options.forgery?.unsigned
        const viaRelay = options.forgery?.viaRelay ?? content.entityId!
        const info = encodeConnInfo(
          {
            type: 'x.member',
            params: {
              profile,
              newMemberId: author.memberId,
              newMemberKey: publicKeyOf(author.key),
              ...(unsigned === undefined && { viaRelay }),
            },
          },
          unsigned === undefined ? signer : undefined,
          unsigned,
        )
        known.set(relay, new Set([person.id]))
        await store.write(async (tx) => relayOf.set(await agent.join(tx, content.fullLink, info), relay))
      }
    },
  })
  Object.defineProperty(member, 'role', { get: () => role })
  return member
}
