import { describe, expect, test } from 'vitest'
import { encodeArrayBatch } from '../../../core/chat/batch.ts'
import type { ChatEvent } from '../../../core/chat/events.ts'
import { encodeMessage } from '../../../core/chat/message.ts'
import { setOwnProfile } from '../../../core/chat/state/profiles.ts'
import { CHAT_VERSIONS } from '../../../core/chat/versions.ts'
import { fromUtf8, utf8 } from '../../../core/codec/bytes.ts'
import { createContactWorld, type Person } from './world.ts'

const named = (displayName: string) => ({ displayName, fullName: '' })

function bodyOf(event: ChatEvent, id = 'message-id'): Uint8Array {
  return encodeMessage({ v: CHAT_VERSIONS, msgId: utf8(id), event })
}

/** Sends bytes of our own choosing to the contact. */
async function inject(person: Person, contact: number, body: Uint8Array): Promise<void> {
  await person.store.write(async (tx) => {
    const row = await tx.get<{ conn: number }>('SELECT conn FROM contacts WHERE contact = ?', contact)
    await person.agent.send(tx, row!.conn, body)
  })
}

describe('talking', () => {
  test('messages, quotes, edits, reactions and deletions arrive; delivery is told', async () => {
    const world = createContactWorld()
    const { anna, bruno, annas, brunos } = await world.pair()
    const first = await anna.contacts.send(annas, { text: 'hello' })
    expect((await anna.message(annas, 'hello')).delivery).toEqual({ total: 1, taken: 0, waiting: 1, failed: 0 })
    await world.until(async () => (await bruno.texts(brunos)).includes('hello'))
    await world.until(async () => (await anna.message(annas, 'hello')).delivery?.taken === 1)
    expect((await bruno.contact('anna'))?.unread).toBe(1)

    const received = await bruno.message(brunos, 'hello')
    await bruno.contacts.send(brunos, { text: 'hello yourself', quote: received.id })
    await world.until(async () => (await anna.texts(annas)).length === 2)
    expect((await anna.message(annas, 'hello yourself')).quote).toMatchObject({ message: first, sent: true })
    expect((await bruno.message(brunos, 'hello yourself')).quote).toMatchObject({ message: received.id, sent: false })

    await anna.contacts.edit(annas, first, 'hello there')
    await world.until(async () => (await bruno.texts(brunos)).includes('hello there'))
    expect((await bruno.message(brunos, 'hello there')).editedAt).toBeDefined()

    await bruno.contacts.react(brunos, received.id, '👍', true)
    await world.until(async () => (await anna.message(annas, 'hello there')).reactions.length === 1)
    expect((await anna.message(annas, 'hello there')).reactions[0]).toMatchObject({ count: 1, own: false })
    await bruno.contacts.react(brunos, received.id, '👍', false)
    await world.until(async () => (await anna.message(annas, 'hello there')).reactions.length === 0)

    await anna.contacts.deleteMessage(annas, first)
    await world.until(async () => !(await bruno.texts(brunos)).includes('hello there'))
    expect((await bruno.contacts.message(received.id))?.deletedAt).toBeDefined()

    await bruno.contacts.markRead(brunos, received.id)
    expect((await bruno.contact('anna'))?.unread).toBe(0)
    await expect(bruno.contacts.edit(brunos, received.id, 'forged')).rejects.toMatchObject({ code: 'no-message' })
    expect(world.network.errors).toEqual([])
  })

  test('only the author edits and deletes; repetition and unknown ids are harmless', async () => {
    const world = createContactWorld()
    const { anna, bruno, annas, brunos } = await world.pair()
    const own = await bruno.contacts.send(brunos, { text: 'mine' })
    await world.until(async () => (await anna.texts(annas)).includes('mine'))
    const wire = world.network.wire.at(-1)!.body
    const msgId = utf8(Buffer.from(JSON.parse(fromUtf8(wire)!).msgId, 'base64url').toString())
    const text = (value: string) => ({ type: 'text', text: value }) as const
    await inject(anna, annas, bodyOf({ type: 'x.msg.update', params: { msgId, content: text('forged') } }))
    await inject(anna, annas, bodyOf({ type: 'x.msg.del', params: { msgId } }))
    await inject(anna, annas, bodyOf({ type: 'x.msg.new', params: { content: text('twice') } }, 'same'))
    await inject(anna, annas, bodyOf({ type: 'x.msg.new', params: { content: text('twice') } }, 'same'))
    const late = { msgId: utf8('never seen'), content: text('edited before it came') }
    await inject(anna, annas, bodyOf({ type: 'x.msg.update', params: late }))
    await inject(anna, annas, bodyOf({ type: 'x.msg.new', params: { content: text('too late') } }, 'never seen'))
    await inject(anna, annas, bodyOf({ type: 'x.msg.del', params: { msgId: utf8('unknown') } }))
    await inject(anna, annas, bodyOf({ type: 'x.msg.new', params: { content: text('end') } }, 'end'))
    await world.until(async () => (await bruno.texts(brunos)).includes('end'))
    expect(await bruno.texts(brunos)).toEqual(['mine', 'twice', 'edited before it came', 'end'])
    expect((await bruno.contacts.message(own))?.text).toBe('mine')
  })

  test('batches of every kind; what is not for contacts is tolerated', async () => {
    const world = createContactWorld()
    const { anna, bruno, annas, brunos } = await world.pair()
    const said = (value: string): ChatEvent => ({
      type: 'x.msg.new',
      params: { content: { type: 'text', text: value } },
    })
    const elements = [
      bodyOf(said('one'), 'one'),
      utf8('{"event":"x.msg.new","params":{}}'),
      bodyOf({ type: 'unknown', name: 'x.future', params: { a: 1 } }, 'future'),
      bodyOf({ type: 'x.grp.leave', params: {} }, 'leave'),
      bodyOf({ type: 'x.call.inv', params: {} }, 'call'),
      bodyOf({ type: 'x.info', params: { profile: named('anna of the harbour') } }, 'info'),
      bodyOf(said('two'), 'two'),
    ]
    await inject(anna, annas, encodeArrayBatch(elements))
    await inject(anna, annas, utf8('no format at all'))
    await inject(anna, annas, new Uint8Array(0))
    await inject(anna, annas, bodyOf(said('three'), 'three'))
    await world.until(async () => (await bruno.texts(brunos)).includes('three'))
    expect(await bruno.texts(brunos)).toEqual(['one', 'two', 'three'])
    expect(await bruno.contact('anna of the harbour')).toBeDefined()
    expect(world.network.errors).toEqual([])
  })

  test('a picture inside the message, and one that is too large', async () => {
    const world = createContactWorld()
    const { anna, bruno, annas, brunos } = await world.pair()
    const picture = (size: number) => `data:image/jpeg;base64,${'A'.repeat(size)}`
    await anna.contacts.send(annas, { text: 'look', content: { type: 'image', text: 'look', image: picture(12_000) } })
    await world.until(async () => (await bruno.texts(brunos)).includes('look'))
    expect((await bruno.message(brunos, 'look')).content).toMatchObject({ type: 'image', image: picture(12_000) })
    await expect(
      anna.contacts.send(annas, { text: 'no', content: { type: 'image', text: 'no', image: picture(16_000) } }),
    ).rejects.toMatchObject({ kind: 'usage', code: 'large' })
    expect(await anna.texts(annas)).toEqual(['look'])
  })

  test('a changed profile reaches contacts, the address, and those who were just connecting', async () => {
    const world = createContactWorld()
    const { anna, bruno } = await world.pair()
    const { link } = await world.settled(anna.contacts.createAddress(anna.profile))
    const claire = await world.person('claire')
    const pending = await world.settled(anna.contacts.invite(anna.profile))
    await world.settled(claire.contacts.connect(claire.profile, pending.link))
    await anna.store.write(async (tx) => {
      await setOwnProfile(tx, anna.profile, named('anna b'), world.time.clock.now() + 1)
      await anna.contacts.profileChanged(tx, anna.profile)
    })
    await world.until(async () => (await bruno.contact('anna b')) !== undefined)
    await world.until(async () => (await claire.contact('anna b'))?.status === 'active')
    await world.until(async () => fromUtf8(world.network.link(link)!.userData)!.includes('anna b'))
  })
})

describe('ending', () => {
  test('who leaves is told as gone, history stays; what waited counts as not delivered', async () => {
    const world = createContactWorld()
    const { anna, bruno, annas, brunos } = await world.pair()
    await anna.contacts.send(annas, { text: 'before' })
    await world.until(async () => (await bruno.texts(brunos)).includes('before'))
    await anna.contacts.remove(annas)
    expect(await anna.contact('bruno')).toBeUndefined()
    await world.until(async () => (await bruno.contact('anna'))?.status === 'ended')
    expect(await bruno.texts(brunos)).toEqual(['before'])
    await expect(bruno.contacts.send(brunos, { text: 'after' })).rejects.toMatchObject({ code: 'not-active' })
    await bruno.contacts.remove(brunos)
    expect(await bruno.contacts.list()).toEqual([])
    await world.time.pass(1000)
    expect(world.network.errors).toEqual([])
  })

  test('a queue that is gone ends the contact', async () => {
    const world = createContactWorld()
    const { anna, bruno, annas } = await world.pair()
    const conn = await bruno.store.read((tx) => tx.get<{ conn: number }>('SELECT conn FROM contacts'))
    world.network.sever(`bruno/${conn!.conn}`)
    await anna.contacts.send(annas, { text: 'anybody there?' })
    await world.until(async () => (await anna.contact('bruno'))?.status === 'ended')
    expect((await anna.message(annas, 'anybody there?')).delivery).toMatchObject({ failed: 1 })
    expect((await anna.contact('bruno'))?.error).toBe('gone')
  })

  test('a link that does not work fails the contact', async () => {
    const world = createContactWorld()
    const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
    const { link } = await world.settled(anna.contacts.createAddress(anna.profile))
    world.network.sever('anna/1')
    await world.settled(bruno.contacts.connect(bruno.profile, link))
    await world.until(async () => (await bruno.contact('anna'))?.status === 'failed')
    expect((await bruno.contact('anna'))?.error).toBe('AUTH')
    const again = await world.settled(bruno.contacts.connect(bruno.profile, link))
    expect(await bruno.contacts.list()).toHaveLength(2)
    await bruno.contacts.remove(again)
  })

  test('flags, and the security code that both compare', async () => {
    const world = createContactWorld()
    const { anna, bruno, annas, brunos } = await world.pair()
    await anna.contacts.setFlags(annas, { muted: true, pinned: true })
    expect((await anna.contact('bruno'))?.flags).toEqual({ muted: true, pinned: true, archived: false })
    const code = await anna.contacts.securityCode(annas)
    expect(code.code).toMatch(/^\d{5}( \d{1,5})+$/)
    expect(code).toEqual(await bruno.contacts.securityCode(brunos))
    await anna.contacts.setVerified(annas, true)
    expect((await anna.contacts.securityCode(annas)).verifiedAt).toBeDefined()
    expect((await anna.contact('bruno'))?.verifiedAt).toBeDefined()
    await anna.contacts.setVerified(annas, false)
    expect((await anna.contacts.securityCode(annas)).verifiedAt).toBeUndefined()
  })
})

test('a crash at any write while two connect and talk loses nothing and shows nothing twice', async () => {
  for (const committed of [false, true]) {
    for (let at = 1; at <= 14; at++) {
      const world = createContactWorld()
      const { anna, bruno, annas, brunos } = await world.pair()
      anna.crashAt(at, committed)
      bruno.crashAt(at + 3, committed)
      for (const [person, contact, text] of [
        [bruno, brunos, 'from bruno'],
        [anna, annas, 'from anna'],
      ] as const) {
        if (!person.crashed) void person.contacts.send(contact, { text }).catch(() => {})
        await world.time.pass(50)
        for (const fallen of [anna, bruno]) if (fallen.crashed) await fallen.start()
        if (!(await person.texts(contact)).includes(text)) await person.contacts.send(contact, { text })
      }
      await world.time.pass(5000)
      for (const fallen of [anna, bruno]) if (fallen.crashed) await fallen.start()
      await world.until(async () => (await anna.texts(annas)).length === 2 && (await bruno.texts(brunos)).length === 2)
      await world.until(async () => (await anna.message(annas, 'from anna')).delivery?.taken === 1)
      await world.until(async () => (await bruno.message(brunos, 'from bruno')).delivery?.taken === 1)
      await world.time.pass(1000)
      expect(await anna.texts(annas)).toHaveLength(2)
      expect(await bruno.texts(brunos)).toHaveLength(2)
    }
  }
})

test('a fourth reaction to one message is refused, and one can be taken back for it', async () => {
  const world = createContactWorld()
  const { anna, bruno, annas, brunos } = await world.pair()
  await anna.contacts.send(annas, { text: 'news' })
  await world.until(async () => (await bruno.texts(brunos)).includes('news'))
  const { id } = await bruno.message(brunos, 'news')
  for (const emoji of ['👍', '😀', '🚀']) await bruno.contacts.react(brunos, id, emoji, true)
  await expect(bruno.contacts.react(brunos, id, '✅', true)).rejects.toMatchObject({ code: 'reactions-limit' })
  await bruno.contacts.react(brunos, id, '🚀', false)
  await bruno.contacts.react(brunos, id, '✅', true)
  await world.until(async () => (await anna.message(annas, 'news')).reactions.length === 3)
})
