import { expect, test } from 'vitest'
import { encodeMessage } from '../../../core/chat/message.ts'
import { CHAT_VERSIONS } from '../../../core/chat/versions.ts'
import { createContactWorld, type Person } from './world.ts'

/** What another program says with a time to live; this one sends none of its own. */
async function sayFor(person: Person, ttl: number, text: string): Promise<void> {
  const body = encodeMessage({
    v: CHAT_VERSIONS,
    msgId: new TextEncoder().encode(`id of ${text}`),
    event: { type: 'x.msg.new', params: { content: { type: 'text', text }, ttl } },
  })
  await person.store.write(async (tx) => {
    const row = await tx.get<{ conn: number }>('SELECT conn FROM contacts')
    await person.agent.send(tx, row!.conn, body)
  })
}

test('what a contact says for a while goes once it was read for so long, over a restart too', async () => {
  const world = createContactWorld()
  const { anna, bruno, annas, brunos } = await world.pair()
  await anna.contacts.start()
  await bruno.contacts.send(brunos, { text: 'stays' })
  await sayFor(bruno, 60, 'a minute')
  await sayFor(bruno, 3600, 'an hour')
  await sayFor(bruno, -5, 'nonsense')
  await world.until(async () => (await anna.texts(annas)).length === 4)
  await world.time.pass(7_200_000)
  expect(await anna.texts(annas)).toHaveLength(4)

  await anna.contacts.markRead(annas, (await anna.message(annas, 'nonsense')).id)
  await world.time.pass(61_000)
  expect(await anna.texts(annas)).toEqual(['stays', 'an hour', 'nonsense'])
  expect(anna.events.filter((event) => event.type === 'contact-message' && event.change === 'deleted')).toHaveLength(1)

  await anna.contacts.stop()
  await world.time.pass(3_600_000)
  expect(await anna.texts(annas)).toEqual(['stays', 'an hour', 'nonsense'])
  await anna.start()
  await anna.contacts.start()
  await world.until(async () => (await anna.texts(annas)).length === 2)
  expect((await anna.contact('bruno'))?.lastMessage?.text).toBe('nonsense')
})
