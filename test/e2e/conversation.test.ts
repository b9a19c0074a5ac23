import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Community, community, type Person } from './support/community.ts'
import { drawnPicture, proportion } from './support/picture.ts'
import { e2e, stage } from './support/stage.ts'
import { act, message, say, texts } from './support/talk.ts'
import { HOST_AWAY, type Window } from './support/windows.ts'

e2e('a conversation', () => {
  const scene = stage()
  let people: Community
  let ben: Person
  let ada: Window
  let member: Window

  beforeAll(async () => {
    people = await community(scene, { name: 'Harbour News', superPeers: ['Oak'], owner: 'Ada', members: ['Ben'] })
    ben = people.members[0]!
    ada = await scene.window(people.owner.host, `/chats/${people.owner.group}`)
    member = await scene.window(ben.host, `/chats/${ben.group}`)
  })

  test('goes both ways, with delivery in words', async () => {
    await say(ada.page, 'The ferry is late today')
    await message(ada.page, 'The ferry is late today').getByText('at all super-peers').waitFor()
    await message(member.page, 'The ferry is late today').getByText('Ada').waitFor()
    await say(member.page, 'Thank you, *dear* neighbour', 'Thank you, dear neighbour')
    await message(ada.page, 'Thank you, dear neighbour').locator('strong', { hasText: 'dear' }).waitFor()
  })

  test('replies quote, edits and reactions arrive, deleted messages go', async () => {
    await say(ada.page, 'Lunch at noon?')
    await message(member.page, 'Lunch at noon?').waitFor()
    await act(member.page, 'Lunch at noon?', 'Reply')
    await say(member.page, 'Half past')
    await message(ada.page, 'Half past').locator('blockquote', { hasText: 'Lunch at noon?' }).waitFor()

    await act(member.page, 'Half past', 'React')
    await member.page.getByRole('toolbar', { name: 'React' }).getByRole('button', { name: '👍' }).click()
    await message(ada.page, 'Half past').getByRole('button', { name: '👍, 1' }).click()
    await message(member.page, 'Half past').getByRole('button', { name: '👍, 2' }).waitFor()

    await act(member.page, 'Half past', 'Edit')
    const field = member.page.getByRole('textbox', { name: /^Message to/ })
    await field.fill('A quarter to one')
    await field.press('Enter')
    await message(ada.page, 'A quarter to one').getByText('edited').waitFor()

    await act(ada.page, 'Lunch at noon?', 'Delete for everyone')
    await message(member.page, 'Deleted message').waitFor()
    expect(await texts(member.page)).not.toContain('Lunch at noon?')
  })

  test('carries pictures', async () => {
    const file = join(scene.folder, 'picture.png')
    await drawnPicture(member.page, file)
    await member.page.locator('input[type=file]').setInputFiles(file)
    await member.page.getByRole('button', { name: 'Remove picture' }).waitFor()
    await say(member.page, 'From the pier')
    expect(await proportion(message(ada.page, 'From the pier').locator('img'))).toBeCloseTo(2, 1)
  })

  test('is found by the name of its group', async () => {
    const search = ada.page.getByRole('searchbox', { name: 'Search chats' })
    await search.fill('lighthouse')
    await ada.page.getByText('Nothing found for “lighthouse”.').waitFor()
    await search.fill('harbour')
    await ada.page.getByRole('link', { name: /^Harbour News.*From the pier/ }).waitFor()
    await search.fill('')
  })

  test('is led by the keyboard alone', async () => {
    const { page } = ada
    const field = page.getByRole('textbox', { name: /^Message to/ })
    await field.focus()
    await page.keyboard.type('First thought')
    await page.keyboard.press('Enter')
    await message(page, 'First thought').waitFor()
    await expect.poll(() => field.inputValue()).toBe('')
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => field.inputValue()).toBe('First thought')
    await page.keyboard.type(', and a second')
    await page.keyboard.press('Enter')
    await message(member.page, 'First thought, and a second').waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Escape')
    await expect.poll(() => field.inputValue()).toBe('')

    await page.keyboard.press('Control+f')
    await page.keyboard.type('ferry')
    await page.getByText('1 message found').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('search').waitFor({ state: 'detached' })
    await message(page, 'The ferry is late today').waitFor()
  })

  test('keeps up with who writes fast: every message goes, whole and in its order', async () => {
    const { page } = ada
    const written = Array.from({ length: 12 }, (_, index) => `Quick thought ${index}`)
    await page.getByRole('textbox', { name: /^Message to/ }).focus()
    for (const text of written) {
      await page.keyboard.insertText(text)
      await page.keyboard.press('Enter')
    }
    await message(page, 'Quick thought 11').waitFor()
    expect((await texts(page)).filter((text) => text.startsWith('Quick'))).toEqual(written)
  })

  test('cuts nothing off: what is too long stays, and it says so', async () => {
    const { page } = ada
    const field = page.getByRole('textbox', { name: /^Message to/ })
    const long = `${'long '.repeat(4000)}end`
    await field.focus()
    await page.keyboard.insertText(long)
    await page.getByRole('alert').getByText('20,003 characters').waitFor()
    await field.press('Enter')
    expect(await field.inputValue()).toBe(long)
    await field.fill('')
    await page.getByRole('alert').waitFor({ state: 'detached' })
  })

  test('gives back what the host did not take', async () => {
    const { page } = ada
    await act(page, 'First thought, and a second', 'Edit')
    const field = page.getByRole('textbox', { name: /^Message to/ })
    const unusable = Array.from({ length: 7000 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    )
    await field.fill(unusable.join(''))
    await field.press('Enter')
    await page.getByRole('alert').getByText('too long for one message').waitFor()
    expect(await field.inputValue()).toBe(unusable.join(''))
    await page.keyboard.press('Escape')
    await expect.poll(() => field.inputValue()).toBe('')
    await field.fill(unusable.join(''))
    await field.press('Enter')
    await page.getByRole('alert').getByText('too long for one message').waitFor()
    expect(await field.inputValue()).toBe(unusable.join(''))
    await field.fill('')
  })

  test('draws no line between what was read as it came', async () => {
    const { page } = ada
    await page.reload()
    await message(page, 'Quick thought 11').waitFor()
    await say(member.page, 'You write fast')
    await message(page, 'You write fast').waitFor()
    expect(await page.getByText('New messages').count()).toBe(0)
  })

  test('keeps the newest in sight while a long text is written', async () => {
    const { page } = ada
    for (const text of Array.from({ length: 12 }, (_, index) => `Filling ${index}`)) {
      await people.owner.host.api.messages.send({ group: people.owner.group, text })
    }
    await message(page, 'Filling 11').waitFor()
    await page.getByRole('button', { name: 'Newest' }).waitFor({ state: 'detached' })
    const field = page.getByRole('textbox', { name: /^Message to/ })
    await field.fill('line\n'.repeat(8))
    const hidden = async () => {
      const [newest, list] = await Promise.all([
        message(page, 'Filling 11').boundingBox(),
        page.getByRole('log').boundingBox(),
      ])
      return newest!.y + newest!.height - (list!.y + list!.height)
    }
    await expect.poll(hidden).toBeLessThanOrEqual(0)
    await field.fill('')
  })

  test('opens ready to be written in', async () => {
    const { page } = ada
    await page.goto(new URL('/chats', page.url()).href)
    await page.getByRole('link', { name: /Harbour News/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: /^Message to/ }).waitFor()
    await page.keyboard.type('At once')
    await page.keyboard.press('Enter')
    await message(page, 'At once').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('textbox', { name: /^Message to/ }).waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await message(page, 'At once').waitFor()
  })

  test('keeps what was not sent yet', async () => {
    const { page } = ada
    const field = page.getByRole('textbox', { name: /^Message to/ })
    await field.fill('Not finished')
    await page.reload()
    await expect.poll(() => field.inputValue()).toBe('Not finished')
    await page.keyboard.type(', but nearly')
    expect(await field.inputValue()).toBe('Not finished, but nearly')
    await field.fill('')
  })

  test('tells who delivered a message', async () => {
    await act(member.page, 'At once', 'Details')
    const details = member.page.getByRole('dialog', { name: 'Message details' })
    await details.getByText('Delivered by').waitFor()
    await details.getByText('Oak').waitFor()
    await member.page.keyboard.press('Escape')
    await details.waitFor({ state: 'detached' })
  })

  test('counts what is unread and opens at it', async () => {
    const { page } = member
    await page.goto(new URL('/chats', page.url()).href)
    const item = page.getByRole('link', { name: /Harbour News/ })
    await item.waitFor()
    for (const text of ['Ferry one', 'Ferry two', 'Ferry three']) await say(ada.page, text)
    await page.getByRole('link', { name: /Harbour News.*3 unread messages/ }).waitFor()
    await item.click()
    const list = page.getByRole('log')
    await list.getByText('New messages').waitFor()
    await message(page, 'Ferry three').waitFor()
    await page.getByRole('link', { name: /unread/ }).waitFor({ state: 'detached' })
    await page.reload()
    await message(page, 'Ferry three').waitFor()
    expect(await page.getByRole('link', { name: /unread/ }).count()).toBe(0)
    expect(await list.getByText('New messages').count()).toBe(0)
  })

  test('is the same in two windows of one host', async () => {
    const second = await scene.beside(ada, `/chats/${people.owner.group}`)
    await message(second.page, 'Ferry three').waitFor()
    await say(second.page, 'From the second window')
    await message(ada.page, 'From the second window').waitFor()
    await say(ada.page, 'From the first')
    await message(second.page, 'From the first').waitFor()
    expect((await texts(second.page)).slice(-10)).toEqual((await texts(ada.page)).slice(-10))
    await scene.close(second)
  })

  test('catches up when the host was killed: nothing missing, nothing twice', async () => {
    ada.expect(HOST_AWAY)
    await people.owner.host.kill()
    await ada.page.getByText('Your host does not answer. Nothing is lost; trying again.').waitFor()
    for (const text of ['While you were away 1', 'While you were away 2']) await say(member.page, text)
    await people.owner.host.start()
    await ada.page.getByRole('button', { name: 'Try now' }).click()
    await ada.page.getByText('Your host does not answer').waitFor({ state: 'detached' })
    await message(ada.page, 'From the first').waitFor()
    await message(ada.page, 'While you were away 2').waitFor({ timeout: 60_000 })
    await say(ada.page, 'Back again')
    await message(member.page, 'Back again').waitFor()
    const said = await texts(ada.page)
    expect(said.filter((text) => text.startsWith('While you were away'))).toEqual([
      'While you were away 1',
      'While you were away 2',
    ])
    expect(said.at(-1)).toBe('Back again')
  })
})
