import { expect, test } from 'vitest'
import { encodeConnInfo } from '../../../core/chat/outgoing.ts'
import { setOwnProfile } from '../../../core/chat/state/profiles.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { createContactWorld, type Person } from './world.ts'

const named = (displayName: string) => ({ displayName, fullName: '' })

test('by a one-time link: both know each other, the link is used up', async () => {
  const world = createContactWorld()
  const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
  const invitation = await world.settled(anna.contacts.invite(anna.profile))
  expect(await anna.contacts.invitations()).toEqual([invitation])
  const preview = await world.settled(bruno.contacts.preview(invitation.link))
  expect(preview).toMatchObject({ kind: 'invitation', own: false, contact: undefined, profile: named('anna') })
  const contact = await world.settled(bruno.contacts.connect(bruno.profile, invitation.link))
  await world.until(async () => (await anna.contact('bruno'))?.status === 'active')
  await world.until(async () => (await bruno.contact('anna'))?.status === 'active')
  expect(await anna.contacts.invitations()).toEqual([])
  expect(anna.events.find(({ type }) => type === 'invitation-gone')).toEqual({
    type: 'invitation-gone',
    invitation: invitation.id,
    contact: (await anna.contact('bruno'))?.id,
  })
  expect(await world.settled(bruno.contacts.connect(bruno.profile, invitation.link))).toBe(contact)
  const claire = await world.person('claire')
  await expect(world.settled(claire.contacts.connect(claire.profile, invitation.link))).rejects.toMatchObject({
    kind: 'protocol',
    code: 'link-used',
  })
  expect(world.network.errors).toEqual([])
})

test('by an address: the request waits for a person, and what was said with it is the first message', async () => {
  const world = createContactWorld()
  const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
  const { link } = await world.settled(anna.contacts.createAddress(anna.profile))
  expect(await world.settled(anna.contacts.createAddress(anna.profile))).toEqual({ profile: anna.profile, link })
  expect(await anna.contacts.addresses()).toEqual([{ profile: anna.profile, link }])
  const contact = await world.settled(bruno.contacts.connect(bruno.profile, link, { text: 'we met at the harbour' }))
  await world.until(async () => (await anna.contacts.requests()).length === 1)
  const [request] = await anna.contacts.requests()
  expect(request).toMatchObject({ displayName: 'bruno', text: 'we met at the harbour' })
  expect(await anna.contact('bruno')).toBeUndefined()
  expect((await bruno.message(contact, 'we met at the harbour')).delivery).toMatchObject({ waiting: 1 })
  const accepted = await anna.contacts.accept(request!.id)
  await world.until(async () => (await bruno.contact('anna'))?.status === 'active')
  await world.until(async () => (await anna.contact('bruno'))?.status === 'active')
  expect(await anna.contacts.requests()).toEqual([])
  expect(await anna.texts(accepted)).toEqual(['we met at the harbour'])
  expect((await anna.contact('bruno'))?.unread).toBe(1)
  expect((await bruno.message(contact, 'we met at the harbour')).delivery).toMatchObject({ taken: 1 })
  expect(bruno.events.some((event) => event.type === 'contact-message-state' && event.delivery.taken === 1)).toBe(true)
  await bruno.contacts.react(contact, (await bruno.message(contact, 'we met at the harbour')).id, '🚀', true)
  await world.until(async () => (await anna.message(accepted, 'we met at the harbour')).reactions.length === 1)
  expect(world.network.errors).toEqual([])
})

test('a rejected request is forgotten, and a removed address answers nobody', async () => {
  const world = createContactWorld()
  const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
  const { link } = await world.settled(anna.contacts.createAddress(anna.profile))
  await world.settled(bruno.contacts.connect(bruno.profile, link))
  await world.until(async () => (await anna.contacts.requests()).length === 1)
  await anna.contacts.reject((await anna.contacts.requests())[0]!.id)
  expect(await anna.contacts.requests()).toEqual([])
  const claire = await world.person('claire')
  await world.settled(claire.contacts.connect(claire.profile, link))
  await world.until(async () => (await anna.contacts.requests()).length === 1)
  await anna.contacts.removeAddress(anna.profile)
  expect(await anna.contacts.requests()).toEqual([])
  expect(await anna.contacts.addresses()).toEqual([])
  await world.until(async () => world.network.link(link) === undefined)
  expect(anna.events.filter(({ type }) => type === 'contact-request-gone')).toHaveLength(2)
})

test('a repeated request replaces the one before', async () => {
  const world = createContactWorld()
  const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
  const { link } = await world.settled(anna.contacts.createAddress(anna.profile))
  const info = (displayName: string) =>
    encodeConnInfo({
      type: 'x.contact',
      params: { profile: named(displayName), contactReqId: utf8('sixteen bytes id') },
    })
  await bruno.store.write((tx) => bruno.agent.join(tx, link, info('bruno')))
  await world.until(async () => (await anna.contacts.requests()).length === 1)
  await bruno.store.write((tx) => bruno.agent.join(tx, link, info('bruno again')))
  await world.until(async () => (await anna.contacts.requests())[0]?.displayName === 'bruno again')
  expect(await anna.contacts.requests()).toHaveLength(1)
})

test('what cannot be understood as a request stays unanswered', async () => {
  const world = createContactWorld()
  const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
  const { link } = await world.settled(anna.contacts.createAddress(anna.profile))
  const infos = [
    encodeConnInfo({ type: 'unknown', name: 'x.future', params: {} }),
    encodeConnInfo({ type: 'x.info', params: { profile: named('bruno') } }),
    utf8('{"event":"x.contact","params":{}}'),
    utf8('nonsense'),
  ]
  for (const info of infos) await bruno.store.write((tx) => bruno.agent.join(tx, link, info))
  await world.until(async () => world.network.waiting('anna').length === 0)
  expect(await anna.contacts.requests()).toEqual([])
  expect(world.network.errors).toEqual([])
})

test('an unexpected answer fails, with its reason', async () => {
  const world = createContactWorld()
  const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
  const invitation = await world.settled(anna.contacts.invite(anna.profile))
  const odd = encodeConnInfo({ type: 'unknown', name: 'x.future', params: {} })
  await bruno.store.write((tx) => bruno.agent.join(tx, invitation.link, odd))
  await world.until(async () => (await anna.contacts.invitations())[0]?.error === 'unexpected-answer')
  await anna.contacts.removeInvitation(invitation.id)
  expect(await anna.contacts.invitations()).toEqual([])
})

test('links of others than people, and own ones, are told apart', async () => {
  const world = createContactWorld()
  const anna = await world.person('anna')
  const refused = async (link: string, code: string) =>
    expect(world.settled(anna.contacts.preview(link)), link).rejects.toMatchObject({ kind: 'usage', code })
  const key = 'A'.repeat(43)
  await refused('hello', 'link')
  await refused('simplex:/name@somebody', 'link')
  await refused(`https://router.example/c#${key}`, 'group-link')
  await refused(`https://router.example/g#${key}`, 'group-link')
  await refused(`https://router.example/r#${key}`, 'super-peer-link')
  const { link } = await world.settled(anna.contacts.invite(anna.profile))
  const address = await world.settled(anna.contacts.createAddress(anna.profile))
  expect(await anna.contacts.preview(link)).toMatchObject({ own: true, kind: 'invitation' })
  expect(await anna.contacts.preview(address.link)).toMatchObject({ own: true, kind: 'address' })
  await expect(world.settled(anna.contacts.connect(anna.profile, link))).rejects.toMatchObject({ code: 'own-link' })
  expect(world.network.reads.size).toBe(0)
})

test('incognito: the other side knows another name', async () => {
  const world = createContactWorld()
  const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
  const { link } = await world.settled(anna.contacts.invite(anna.profile, { incognito: named('quiet fox') }))
  await world.settled(bruno.contacts.connect(bruno.profile, link, { incognito: named('red kite') }))
  await world.until(async () => (await anna.contact('red kite'))?.status === 'active')
  await world.until(async () => (await bruno.contact('quiet fox'))?.status === 'active')
  await anna.store.write(async (tx) => {
    await setOwnProfile(tx, anna.profile, named('anna b'), world.time.clock.now() + 1)
    await anna.contacts.profileChanged(tx, anna.profile)
  })
  await world.time.pass(1000)
  expect(await bruno.contact('quiet fox')).toBeDefined()
  expect((await anna.contact('red kite'))?.incognito).toEqual(named('quiet fox'))
})

test('a crash at any write of the handshake: they connect all the same', async () => {
  for (const committed of [false, true]) {
    for (let at = 1; at <= 9; at++) {
      const world = createContactWorld()
      const [anna, bruno] = [await world.person('anna'), await world.person('bruno')]
      const { link } = await world.settled(anna.contacts.invite(anna.profile))
      anna.crashAt(at, committed)
      bruno.crashAt(at, committed)
      void bruno.contacts.connect(bruno.profile, link).catch(() => {})
      const isActive = async (person: Person, name: string) => {
        if (person.crashed) await person.start()
        return (await person.contact(name))?.status === 'active'
      }
      await world.time.pass(1000)
      if (bruno.crashed) await bruno.start()
      void bruno.contacts.connect(bruno.profile, link).catch(() => {})
      await world.until(async () => (await isActive(anna, 'bruno')) && isActive(bruno, 'anna'))
      expect(await anna.contacts.list()).toHaveLength(1)
      expect(await bruno.contacts.list()).toHaveLength(1)
    }
  }
})
