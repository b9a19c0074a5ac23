import { beforeAll, expect, test } from 'vitest'
import { type Community, community, type Person, personOn } from './support/community.ts'
import { e2e, stage } from './support/stage.ts'
import { message, say } from './support/talk.ts'
import type { Window } from './support/windows.ts'

e2e('joining a group', () => {
  const scene = stage()
  let people: Community
  let ben: Omit<Person, 'group'>
  let window: Window
  let link: string

  beforeAll(async () => {
    const arriving = personOn(scene, 'Ben')
    people = await community(scene, {
      name: 'Harbour News',
      superPeers: ['Oak', 'Elm'],
      owner: 'Ada',
      members: [],
    })
    const { owner } = people
    link = (await owner.host.api.groups.get({ group: owner.group })).link
    await owner.host.api.groups.update({ group: owner.group, description: 'What happens between the two piers.' })
    await owner.host.api.messages.send({ group: owner.group, text: 'Welcome, everybody' })
    ben = await arriving
    window = await scene.window(ben.host, '/join')
  })

  test('says what is wrong with a text that leads to no group', async () => {
    const { page } = window
    const field = page.getByRole('textbox', { name: 'Link' })
    for (const [text, problem] of [
      ['hello', /no link in this text/],
      ['https://example.org/news', /address of a web page/],
      [people.superPeers[0]!.superPeer, /address of a super-peer/],
    ] as const) {
      await field.fill(text)
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('alert').getByText(problem).waitFor()
    }
    // Cut off in the middle of its key.
    await field.fill(link.slice(0, link.indexOf('#') + 30))
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('alert').getByText('Part of it may be missing').waitFor()
    await page.getByRole('button', { name: 'Use another link' }).click()
    // A group that nobody has made.
    await field.fill(link.replace(/#...../, '#AAAAA'))
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('alert').waitFor()
  })

  test('shows the group first, then opens it with one super-peer of two', async () => {
    await people.superPeers[1]!.kill()
    const { page } = window
    await page.goto(new URL(`/join?link=${encodeURIComponent(link)}`, page.url()).href)
    const card = page.getByRole('region', { name: 'Harbour News' })
    await card.getByText('What happens between the two piers.').waitFor()
    await card.getByText('2 super-peers').waitFor()
    await card.getByText('Signed by its owner').waitFor()
    await page.reload()
    await card.waitFor()
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await message(page, 'Welcome, everybody').waitFor()
    await page.getByText('1 of 2 super-peers connected').waitFor()
    await say(page, 'Glad to be here')
    await message(page, 'Glad to be here').getByText('at 1 of 2 super-peers').waitFor()

    await people.superPeers[1]!.start()
    await page.getByText('2 of 2 super-peers connected').waitFor({ timeout: 90_000 })
  })

  test('knows that one is in already', async () => {
    const { page } = window
    await page.goto(new URL('/join', page.url()).href)
    await page.getByRole('textbox', { name: 'Link' }).fill(`Come in: ${link} — see you there`)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('You are in this group.').waitFor()
    await page.getByRole('button', { name: 'Open conversation' }).click()
    await message(page, 'Welcome, everybody').waitFor()
  })

  test('takes a link that is pasted, or dropped', async () => {
    const { page } = window
    const card = page.getByRole('region', { name: 'Harbour News' })
    const field = page.getByRole('textbox', { name: 'Link' })
    await page.goto(new URL('/join', page.url()).href)
    await field.waitFor()
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(`Come in: ${link}`)})`)
    await field.press('Control+v')
    await card.waitFor()
    await page.goBack()
    await field.waitFor()
    const data = await page.evaluateHandle(`(() => {
      const dropped = new DataTransfer()
      dropped.setData('text/uri-list', ${JSON.stringify(link)})
      return dropped
    })()`)
    await page.locator('form').filter({ has: field }).dispatchEvent('drop', { dataTransfer: data })
    await card.waitFor()
    await page.getByRole('button', { name: 'Open conversation' }).click()
    await message(page, 'Welcome, everybody').waitFor()
  })

  test('takes the other form of the link, and another name', async () => {
    const { page } = await scene.window((await personOn(scene, 'Cleo')).host, '/join')
    const [, host, key, rest] = /^https:\/\/([^/]+)\/c#([^?]+)\?(.+)$/.exec(link) ?? []
    await page.getByRole('textbox', { name: 'Link' }).fill(`simplex:/c#${key}?h=${host}&${rest}`)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('switch', { name: /another name/ }).check()
    await page.getByLabel('Name in this group').fill('Heron')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await say(page, 'Nobody knows me')
    await window.page.getByRole('log').getByRole('article', { name: 'Heron' }).waitFor()
    await page.getByRole('link', { name: /Harbour News.*super-peers/ }).click()
    await page.getByText('You are here as Heron').waitFor()
  })

  test('goes on where it was when the window is loaded anew', async () => {
    await Promise.all(people.superPeers.map((superPeer) => superPeer.kill()))
    const { page } = await scene.window((await personOn(scene, 'Dora')).host, `/join?link=${encodeURIComponent(link)}`)
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    const giveUp = page.getByRole('button', { name: 'Don’t join' })
    await giveUp.waitFor()
    await page.reload()
    await giveUp.waitFor()
    await expect.poll(() => page.getByRole('list', { name: 'Steps' }).count()).toBe(2)
    await Promise.all(people.superPeers.map((superPeer) => superPeer.start()))
    await message(page, 'Welcome, everybody').waitFor({ timeout: 90_000 })
  })

  test('reads back everything after a while away', async () => {
    const { page } = window
    await ben.host.kill()
    window.expect(/ERR_|WebSocket/)
    const { owner } = people
    for (let count = 1; count <= 5; count++) {
      await owner.host.api.messages.send({ group: owner.group, text: `Bulletin ${count}` })
    }
    await ben.host.start()
    await page.goto(new URL('/chats', page.url()).href)
    await page.getByRole('link', { name: /5 unread messages/ }).click({ timeout: 60_000 })
    await message(page, 'Bulletin 5').waitFor()
    await page.getByRole('log').getByText('New messages').waitFor()
  })
})
