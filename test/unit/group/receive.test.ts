import { afterEach, describe, expect, test } from 'vitest'
import { parseElement } from '../../../core/chat/container.ts'
import { encodeChunk, encodeForwarded } from '../../../core/chat/element.ts'
import type { ChatEvent } from '../../../core/chat/events.ts'
import { newMemberId, type SharedMsgId } from '../../../core/chat/ids.ts'
import { encodeMessage } from '../../../core/chat/message.ts'
import { type GroupAuthor, groupElement } from '../../../core/chat/outgoing.ts'
import { encodeRoster, rosterChunks, rosterHeader } from '../../../core/chat/roster.ts'
import { insertProfile } from '../../../core/chat/state/profiles.ts'
import { CHAT_VERSIONS } from '../../../core/chat/versions.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { sha256 } from '../../../core/crypto/hash.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import type { GroupEvent, GroupId, MessageView } from '../../../core/group/api.ts'
import type { Processed } from '../../../core/group/processed.ts'
import { receiveElement } from '../../../core/group/receive.ts'
import { groupById, insertGroup } from '../../../core/group/state/groups.ts'
import { insertMember, type Member, memberById, memberByRow } from '../../../core/group/state/members.ts'
import { messageViews } from '../../../core/group/state/views.ts'
import { openStore, type Store } from '../../../core/store/database.ts'
import type { GroupPart } from '../../../core/store/schema/chat.ts'
import { seededRandom, virtualEnv, virtualTime } from '../superpeer/virtual.ts'

const random = seededRandom('receive')
const time = virtualTime()
const NOW = Math.floor(time.clock.now() / 1000)
const stores: Store[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

interface Somebody {
  readonly author: GroupAuthor
  readonly publicKey: ReturnType<typeof generateKeyPair<'Ed25519'>>['publicKey']
  readonly row: number
}

const root = generateKeyPair('Ed25519', random)
const publicGroupId = sha256(root.publicKey.raw)
const groupProfile = {
  displayName: 'news',
  fullName: '',
  publicGroup: { groupType: 'channel', groupLink: 'https://router.example/c#x', publicGroupId },
}

/** One host's view of a group with an owner, two super-peers, a writer and an observer. */
async function fixture(part: GroupPart = 'member') {
  const store = await openStore(':memory:', time.clock)
  stores.push(store)
  const env = virtualEnv(time.clock, 'host')
  const events: GroupEvent[] = []
  const now = time.clock.now()
  const own = generateKeyPair('Ed25519', random)
  const ownMemberId = newMemberId(random)
  const group: GroupId = await store.write(async (tx) => {
    const profile = await insertProfile(tx, { displayName: 'me', fullName: '' }, { now })
    const inserted = await insertGroup(tx, {
      profile,
      part,
      status: 'active',
      link: 'https://router.example/c#x',
      publicGroupId,
      groupProfile,
      rootPublic: root.publicKey,
      ownMemberId,
      ownKey: own.privateKey,
      ownPublicKey: own.publicKey,
      ownRole: part === 'super-peer' ? 'relay' : 'author',
      shownProfile: { displayName: 'me', fullName: '' },
      now,
    })
    return inserted.group
  })
  async function add(name: string, role: string): Promise<Somebody> {
    const keys = generateKeyPair('Ed25519', random)
    const memberId = newMemberId(random)
    const member = await store.write((tx) =>
      insertMember(tx, {
        group,
        memberId,
        role,
        category: 'post',
        status: 'connected',
        profile: { displayName: name, fullName: '' },
        key: keys.publicKey,
        keyOrigin: role === 'owner' || role === 'relay' ? 'link' : 'relay',
        now,
      }),
    )
    const author = { publicGroupId, memberId, key: keys.privateKey, name }
    return { author, publicKey: keys.publicKey, row: member.id }
  }
  const [owner, relay, other, anna, bert] = [
    await add('owner', 'owner'),
    await add('relay', 'relay'),
    await add('other relay', 'relay'),
    await add('anna', 'author'),
    await add('bert', 'observer'),
  ]

  async function receive(via: Somebody, element: Uint8Array): Promise<Processed> {
    return store.write(async (tx) => {
      const context = {
        env,
        notify: (inTx: typeof tx, event: GroupEvent) => inTx.afterCommit(() => void events.push(event)),
      }
      const current = await groupById(tx, group)
      const member = await memberByRow(tx, via.row)
      return receiveElement(
        context,
        tx,
        { group: current!, via: member!, brokerTime: NOW * 1000 },
        parseElement(element),
      )
    })
  }

  return {
    store,
    group,
    ownMemberId,
    own: { publicGroupId, memberId: ownMemberId, key: own.privateKey, name: 'me' } satisfies GroupAuthor,
    owner,
    relay,
    other,
    anna,
    bert,
    events,
    receive,
    member: (somebody: Somebody): Promise<Member | undefined> => store.read((tx) => memberByRow(tx, somebody.row)),
    keyOf: async (somebody: Somebody) =>
      new Uint8Array((await store.read((tx) => memberByRow(tx, somebody.row)))!.key!.raw),
    find: (memberId: Uint8Array) => store.read((tx) => memberById(tx, group, memberId)),
    messages: (): Promise<MessageView[]> => store.read((tx) => messageViews(tx, group)),
    current: () => store.read((tx) => groupById(tx, group)),
  }
}

interface Options {
  readonly sign?: boolean
  readonly msgId?: SharedMsgId
  readonly ts?: number
}

function forward(author: GroupAuthor, event: ChatEvent, options: Options = {}): Uint8Array {
  const { element } = groupElement(author, { event, sign: options.sign, msgId: options.msgId }, random)
  const sender = { type: 'member', memberId: author.memberId, name: author.name } as const
  return encodeForwarded({ sender, ts: options.ts ?? NOW }, element)
}

/** The event as anybody can write it who holds no key. */
function unsigned(author: GroupAuthor, event: ChatEvent, msgId = newMemberId(random)): Uint8Array {
  const sender = { type: 'member', memberId: author.memberId, name: author.name } as const
  return encodeForwarded({ sender, ts: NOW }, encodeMessage({ v: CHAT_VERSIONS, msgId, event }))
}

function text(value: string, rest: object = {}): ChatEvent {
  return { type: 'x.msg.new', params: { content: { type: 'text', text: value }, ...rest } }
}

function plain(event: ChatEvent): Uint8Array {
  return encodeMessage({ v: CHAT_VERSIONS, msgId: newMemberId(random), event })
}

describe('what a member refuses', () => {
  test('administrative events without signature, or signed by somebody else', async () => {
    const f = await fixture()
    const target = f.anna.author.memberId
    const events: ChatEvent[] = [
      { type: 'x.grp.del', params: {} },
      { type: 'x.grp.info', params: { groupProfile: { ...groupProfile, displayName: 'mine' } } },
      { type: 'x.grp.prefs', params: { groupPreferences: {} } },
      { type: 'x.grp.mem.del', params: { memberId: target } },
      { type: 'x.grp.mem.role', params: { memberId: target, role: 'admin' } },
      { type: 'x.grp.mem.restrict', params: { memberId: target, memberRestrictions: { restriction: 'blocked' } } },
      { type: 'x.grp.relay.new', params: { relayLink: 'https://router.example/g#evil' } },
      { type: 'x.grp.leave', params: {} },
      { type: 'x.info', params: { profile: { displayName: 'evil', fullName: '' } } },
    ]
    for (const event of events) {
      expect(await f.receive(f.relay, unsigned(f.owner.author, event)), event.type).toMatchObject({
        outcome: 'refused',
        reason: 'signature',
        effects: [],
      })
      const forged = { ...f.owner.author, key: f.relay.author.key }
      expect((await f.receive(f.relay, forward(forged, event))).outcome, event.type).toBe('refused')
      const moved = { ...f.owner.author, publicGroupId: sha256(utf8('another group')) }
      expect((await f.receive(f.relay, forward(moved, event))).outcome, event.type).toBe('refused')
    }
    expect((await f.current())!.groupProfile.displayName).toBe('news')
    expect(await f.member(f.anna)).toMatchObject({ role: 'author', status: 'connected', blocked: false })
    expect(f.events.filter(({ type }) => type === 'refused')).toHaveLength(3 * events.length)
  })

  test('administrative events of members without the right to them', async () => {
    const f = await fixture()
    const target = f.bert.author.memberId
    const events: ChatEvent[] = [
      { type: 'x.grp.del', params: {} },
      { type: 'x.grp.info', params: { groupProfile: { ...groupProfile, displayName: 'mine' } } },
      { type: 'x.grp.mem.del', params: { memberId: target } },
      { type: 'x.grp.mem.role', params: { memberId: target, role: 'admin' } },
      { type: 'x.grp.mem.restrict', params: { memberId: target, memberRestrictions: { restriction: 'blocked' } } },
      { type: 'x.grp.relay.new', params: { relayLink: 'https://router.example/g#evil' } },
    ]
    for (const event of events) {
      expect(await f.receive(f.relay, forward(f.anna.author, event)), event.type).toMatchObject({
        outcome: 'refused',
        verification: 'verified',
        scope: undefined,
      })
    }
  })

  test('content of a super-peer, direct, forwarded, or in the name of the group without right', async () => {
    const f = await fixture()
    for (const event of [
      text('buy this'),
      {
        type: 'x.msg.react',
        params: { msgId: newMemberId(random), reaction: { type: 'emoji', emoji: '👍' }, add: true },
      },
      { type: 'x.msg.del', params: { msgId: newMemberId(random) } },
      { type: 'x.grp.mem.del', params: { memberId: f.anna.author.memberId } },
    ] satisfies ChatEvent[]) {
      const { element } = groupElement(f.relay.author, { event, sign: true }, random)
      expect((await f.receive(f.relay, element)).outcome).toBe('refused')
      expect((await f.receive(f.other, forward(f.relay.author, event, { sign: true }))).outcome).toBe('refused')
    }
    expect((await f.receive(f.relay, forward(f.anna.author, text('official', { asGroup: true })))).outcome).toBe(
      'refused',
    )
    expect(await f.messages()).toEqual([])
  })

  test('content of observers and of members nobody introduced, until their record comes', async () => {
    const f = await fixture()
    expect((await f.receive(f.relay, forward(f.bert.author, text('may I?')))).outcome).toBe('refused')
    const keys = generateKeyPair('Ed25519', random)
    const stranger = {
      publicGroupId,
      memberId: newMemberId(random),
      key: keys.privateKey,
      name: 'Sam Somebody of Somewhere',
    }
    const message = forward(stranger, text('hello'), { msgId: newMemberId(random) })
    expect(await f.receive(f.relay, message)).toMatchObject({ outcome: 'ignored', reason: 'unknown-sender' })
    expect(await f.find(stranger.memberId)).toMatchObject({ status: 'unknown', name: 'Sam Somebody of …' })
    const record = plain({
      type: 'x.grp.mem.new',
      params: {
        memberInfo: {
          memberId: stranger.memberId,
          memberRole: 'author',
          v: CHAT_VERSIONS,
          profile: { displayName: 'Sam', fullName: '' },
          memberKey: keys.publicKey,
        },
      },
    })
    expect((await f.receive(f.relay, record)).outcome).toBe('applied')
    expect((await f.receive(f.relay, message)).outcome).toBe('applied')
    expect(await f.messages()).toMatchObject([{ text: 'hello', authorName: 'Sam' }])
  })

  test('records that assert privileges, another key, or that come from a forward', async () => {
    const f = await fixture()
    const evil = generateKeyPair('Ed25519', random)
    const info = (memberId: Uint8Array, memberRole: string) => ({
      memberInfo: {
        memberId,
        memberRole,
        profile: { displayName: 'evil', fullName: '' },
        memberKey: evil.publicKey,
      },
    })
    const asserted = plain({ type: 'x.grp.mem.new', params: info(newMemberId(random), 'moderator') })
    expect(await f.receive(f.relay, asserted)).toMatchObject({ outcome: 'refused', reason: 'role' })
    const relayRole = plain({ type: 'x.grp.mem.new', params: info(newMemberId(random), 'relay') })
    expect((await f.receive(f.relay, relayRole)).outcome).toBe('refused')
    const raised = plain({ type: 'x.grp.mem.new', params: info(f.anna.author.memberId, 'admin') })
    expect((await f.receive(f.relay, raised)).outcome).toBe('refused')
    const introduced = plain({ type: 'x.grp.mem.intro', params: info(f.anna.author.memberId, 'admin') })
    await f.receive(f.relay, introduced)
    expect((await f.member(f.anna))!.role).toBe('author')
    expect(await f.keyOf(f.anna)).toEqual(f.anna.publicKey.raw)
    const event: ChatEvent = { type: 'x.info', params: { profile: { displayName: 'Anna', fullName: '' } } }
    await f.receive(f.relay, forward(f.anna.author, event))
    await f.receive(f.relay, introduced)
    expect((await f.member(f.anna))!.name).toBe('Anna')
    const unknown = newMemberId(random)
    await f.receive(f.relay, plain({ type: 'x.grp.mem.intro', params: info(unknown, 'admin') }))
    expect(await f.find(unknown)).toMatchObject({ role: 'observer', key: undefined })
    const sneaked = forward(f.anna.author, { type: 'x.grp.mem.new', params: info(newMemberId(random), 'author') })
    expect((await f.receive(f.relay, sneaked)).outcome).toBe('refused')
  })

  test('events in our own name that we never sent', async () => {
    const f = await fixture()
    expect(await f.receive(f.relay, forward(f.own, text('I never said that')))).toMatchObject({
      outcome: 'refused',
      reason: 'own',
    })
  })
})

describe('copies', () => {
  test('of one message are one message; the first wins and a difference is shown', async () => {
    const f = await fixture()
    const msgId = newMemberId(random)
    expect((await f.receive(f.relay, forward(f.anna.author, text('hello'), { msgId }))).outcome).toBe('applied')
    expect((await f.receive(f.other, forward(f.anna.author, text('hello'), { msgId }))).outcome).toBe('duplicate')
    expect((await f.messages())[0]).toMatchObject({ text: 'hello', copiesDiffer: false })
    expect((await f.receive(f.other, forward(f.anna.author, text('hello'), { msgId }))).outcome).toBe('duplicate')

    const second = newMemberId(random)
    await f.receive(f.relay, forward(f.anna.author, text('yes'), { msgId: second }))
    await f.receive(f.other, forward(f.anna.author, text('no'), { msgId: second }))
    const messages = await f.messages()
    expect(messages.map((message) => message.text)).toEqual(['hello', 'yes'])
    expect(messages[1]!.copiesDiffer).toBe(true)
    expect(f.events).toContainEqual(
      expect.objectContaining({ type: 'refused', member: f.other.row, reason: 'copies-differ' }),
    )
  })

  test('a refused forgery does not take the place of the real message', async () => {
    const f = await fixture()
    const msgId = newMemberId(random)
    const event: ChatEvent = { type: 'x.info', params: { profile: { displayName: 'Anna', fullName: '' } } }
    expect((await f.receive(f.relay, unsigned(f.anna.author, event, msgId))).outcome).toBe('refused')
    expect((await f.receive(f.other, forward(f.anna.author, event, { msgId }))).outcome).toBe('applied')
    expect((await f.member(f.anna))!.name).toBe('Anna')
  })

  test('what was signed is changed by signed events only', async () => {
    const f = await fixture()
    const msgId = newMemberId(random)
    await f.receive(f.relay, forward(f.anna.author, text('signed'), { msgId, sign: true }))
    const update: ChatEvent = { type: 'x.msg.update', params: { msgId, content: { type: 'text', text: 'changed' } } }
    const removal: ChatEvent = { type: 'x.msg.del', params: { msgId } }
    expect((await f.receive(f.relay, unsigned(f.anna.author, update))).outcome).toBe('refused')
    expect((await f.receive(f.relay, unsigned(f.anna.author, removal))).outcome).toBe('refused')
    expect((await f.messages())[0]!.text).toBe('signed')
    expect((await f.receive(f.relay, forward(f.anna.author, update, { sign: true }))).outcome).toBe('applied')
    expect((await f.messages())[0]!.text).toBe('changed')
    expect((await f.receive(f.relay, forward(f.anna.author, removal, { sign: true }))).outcome).toBe('applied')
    expect((await f.messages())[0]!.deletedAt).toBeDefined()
  })

  test('an edit that comes before its message becomes the message', async () => {
    const f = await fixture()
    const msgId = newMemberId(random)
    const update: ChatEvent = { type: 'x.msg.update', params: { msgId, content: { type: 'text', text: 'better' } } }
    expect((await f.receive(f.relay, forward(f.anna.author, update))).outcome).toBe('applied')
    expect((await f.receive(f.other, forward(f.anna.author, text('good'), { msgId }))).outcome).toBe('duplicate')
    expect((await f.messages()).map((message) => message.text)).toEqual(['better'])
  })

  test('a verified moderation that comes first acts when the message comes', async () => {
    const f = await fixture()
    const msgId = newMemberId(random)
    const moderation: ChatEvent = { type: 'x.msg.del', params: { msgId, memberId: f.anna.author.memberId } }
    expect((await f.receive(f.relay, unsigned(f.owner.author, moderation))).outcome).toBe('refused')
    expect((await f.receive(f.relay, forward(f.owner.author, moderation))).outcome).toBe('applied')
    await f.receive(f.relay, forward(f.anna.author, text('spam'), { msgId }))
    expect(await f.messages()).toMatchObject([{ text: '', deletedBy: f.owner.row }])
  })

  test('of one author are shown in the order in which they came, whatever the clocks of routers say', async () => {
    const f = await fixture()
    await f.receive(f.relay, forward(f.anna.author, text('one'), { ts: NOW }))
    await f.receive(f.other, forward(f.anna.author, text('two'), { ts: NOW - 3 }))
    expect((await f.messages()).map((message) => message.text)).toEqual(['one', 'two'])
  })
})

describe('the roster', () => {
  async function send(
    f: Awaited<ReturnType<typeof fixture>>,
    version: number,
    entries: Somebody[],
    role = 'moderator',
  ) {
    const blob = encodeRoster(
      entries.map(({ author, publicKey }) => ({ memberId: author.memberId, key: publicKey, role })),
    )
    const msgId = newMemberId(random)
    const header = forward(f.owner.author, { type: 'x.grp.roster', params: rosterHeader(version, blob) }, { msgId })
    const first = await f.receive(f.relay, header)
    const rest: Processed[] = []
    for (const chunk of rosterChunks(msgId, blob)) rest.push(await f.receive(f.relay, chunk))
    return { first, last: rest.at(-1)! }
  }

  test('raises, lowers and never goes back', async () => {
    const f = await fixture()
    const { last } = await send(f, 2, [f.anna])
    expect(last.effects).toEqual([{ type: 'roster-applied', version: 2 }])
    expect(await f.member(f.anna)).toMatchObject({ role: 'moderator', keyOrigin: 'roster', roleSigned: true })
    expect((await send(f, 1, [f.anna, f.bert])).first).toMatchObject({ outcome: 'ignored', reason: 'replay' })
    expect((await f.member(f.bert))!.role).toBe('observer')
    await send(f, 3, [f.bert])
    expect((await f.member(f.anna))!.role).toBe('observer')
    expect((await f.member(f.bert))!.role).toBe('moderator')
  })

  test('its entries are believed rather than a super-peer, and a wrong blob is refused', async () => {
    const f = await fixture()
    const real = generateKeyPair('Ed25519', random)
    await send(f, 1, [{ ...f.anna, publicKey: real.publicKey }])
    expect(await f.keyOf(f.anna)).toEqual(real.publicKey.raw)
    const other = generateKeyPair('Ed25519', random)
    await send(f, 2, [{ ...f.anna, publicKey: other.publicKey }])
    expect(await f.keyOf(f.anna)).toEqual(real.publicKey.raw)

    const msgId = newMemberId(random)
    const blob = encodeRoster([])
    await f.receive(
      f.relay,
      forward(f.owner.author, { type: 'x.grp.roster', params: rosterHeader(9, blob) }, { msgId }),
    )
    const wrong = encodeChunk({ fileMsgId: msgId, chunkNo: 1, bytes: new Uint8Array([0, 1]) })
    expect(await f.receive(f.relay, wrong)).toMatchObject({
      outcome: 'refused',
      effects: [{ type: 'roster-failed', version: 9, error: 'digest' }],
    })
    const stray = encodeChunk({ fileMsgId: newMemberId(random), chunkNo: 1, bytes: new Uint8Array([0, 0]) })
    expect((await f.receive(f.relay, stray)).outcome).toBe('ignored')
  })

  test('a change that leaves a gap asks for the whole, an old one is a replay', async () => {
    const f = await fixture()
    await send(f, 1, [])
    const change = (rosterVersion: number, role: string) =>
      forward(f.owner.author, {
        type: 'x.grp.mem.role',
        params: { memberId: f.anna.author.memberId, role, memberKey: f.anna.publicKey, rosterVersion },
      })
    expect(await f.receive(f.relay, change(3, 'admin'))).toMatchObject({
      outcome: 'applied',
      effects: [{ type: 'roster-wanted', version: 1 }],
    })
    expect(await f.receive(f.relay, change(2, 'observer'))).toMatchObject({ outcome: 'ignored', reason: 'replay' })
    expect((await f.member(f.anna))!.role).toBe('admin')
  })
})

describe('a super-peer', () => {
  test('takes on what its members say and does not let them forward', async () => {
    const f = await fixture('super-peer')
    const { element } = groupElement(f.anna.author, { event: text('hello') }, random)
    expect(await f.receive(f.anna, element)).toMatchObject({ outcome: 'applied', scope: { type: 'group' } })
    expect(await f.receive(f.anna, element)).toMatchObject({ outcome: 'duplicate', scope: undefined })
    expect(await f.receive(f.anna, forward(f.owner.author, text('I am the owner')))).toMatchObject({
      outcome: 'refused',
      reason: 'forwarded',
    })
    const observer = groupElement(f.bert.author, { event: text('hello') }, random)
    expect(await f.receive(f.bert, observer.element)).toMatchObject({ outcome: 'refused', scope: undefined })
  })

  test('forwards what concerns members it does not know, and nothing that it does not understand', async () => {
    const f = await fixture('super-peer')
    const say = (event: ChatEvent) => f.receive(f.owner, groupElement(f.owner.author, { event }, random).element)
    const memberId = newMemberId(random)
    for (const event of [
      { type: 'x.grp.mem.del', params: { memberId } },
      { type: 'x.grp.mem.role', params: { memberId, role: 'moderator' } },
      { type: 'x.grp.relay.new', params: { relayLink: 'https://router.example/g#new' } },
      { type: 'x.grp.mem.restrict', params: { memberId, memberRestrictions: { restriction: 'blocked' } } },
    ] satisfies ChatEvent[]) {
      expect((await say(event)).scope, event.type).toEqual({ type: 'group' })
    }
    expect(await say({ type: 'unknown', name: 'x.future', params: { a: 1 } })).toMatchObject({
      outcome: 'ignored',
      scope: undefined,
    })
    expect((await say({ type: 'x.grp.mem.del', params: { memberId: f.ownMemberId } })).scope).toEqual({
      type: 'super-peer-removed',
    })
    expect((await say({ type: 'x.grp.del', params: {} })).scope).toEqual({ type: 'super-peer-removed' })
  })

  test('keeps reports and support conversations among those they are for', async () => {
    const f = await fixture('super-peer')
    const event = text('help', { scope: { type: 'member', memberId: f.bert.author.memberId } })
    const { element } = groupElement(f.bert.author, { event }, random)
    expect((await f.receive(f.bert, element)).scope).toEqual({ type: 'support', member: f.bert.row })
    const foreign = groupElement(f.anna.author, { event }, random)
    expect((await f.receive(f.anna, foreign.element)).outcome).toBe('refused')
  })

  test('events that groups do not use are tolerated', async () => {
    const f = await fixture('super-peer')
    for (const event of [
      { type: 'x.ok', params: {} },
      { type: 'x.direct.del', params: {} },
      { type: 'x.info.probe', params: { probe: new Uint8Array(32) } },
      { type: 'x.call.end', params: {} },
      { type: 'x.grp.direct.inv', params: { connReq: 'simplex:/invitation' } },
      { type: 'unknown', name: 'x.grp.relay.stats', params: {} },
    ] satisfies ChatEvent[]) {
      const { element } = groupElement(f.anna.author, { event }, random)
      expect(await f.receive(f.anna, element)).toMatchObject({ outcome: 'ignored', scope: undefined, effects: [] })
    }
    expect(await f.receive(f.anna, utf8('{"broken'))).toMatchObject({ outcome: 'refused', event: 'error' })
  })
})
