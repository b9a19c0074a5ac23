import { beforeAll, expect, test } from 'vitest'
import { type Community, community } from './support/community.ts'
import { e2e, stage } from './support/stage.ts'
import { message, say } from './support/talk.ts'
import type { Window } from './support/windows.ts'

e2e('naming members', () => {
  const scene = stage()
  let people: Community
  let ada: Window
  let ben: Window

  beforeAll(async () => {
    people = await community(scene, {
      name: 'Harbour News',
      superPeers: ['Oak'],
      owner: 'Ada of Kiel',
      members: ['Ben'],
    })
    const member = people.members[0]!
    ada = await scene.window(people.owner.host, `/chats/${people.owner.group}`)
    ben = await scene.window(member.host, `/chats/${member.group}`)
    await say(ada.page, 'Welcome')
    await message(ben.page, 'Welcome').waitFor()
  })

  test('an @ offers them, by keyboard alone', async () => {
    const { page } = ben
    await ada.page.goto(new URL('/settings', ada.page.url()).href)
    const field = page.getByRole('textbox', { name: /^Message to/ })
    await field.focus()
    await page.keyboard.type('When does it leave, @ad')
    await page.getByRole('option', { name: 'Ada of Kiel' }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => field.inputValue()).toBe("When does it leave, @'Ada of Kiel' ")
    await page.keyboard.type('?')
    await page.keyboard.press('Enter')
    await message(page, 'When does it leave, @Ada of Kiel ?').waitFor()
  })

  test('who is named sees it in the list and in the conversation', async () => {
    const { page } = ada
    await page.goto(new URL('/chats', page.url()).href)
    const item = page.getByRole('link', { name: /Harbour News/ })
    await item.getByText('1 message names you').waitFor()
    await item.click()
    await page.locator('article[data-mentioned=true]').filter({ hasText: 'When does it leave' }).waitFor()
    await item.getByText('1 message names you').waitFor({ state: 'detached' })
  })

  test('nobody is offered inside an address, and Escape only closes the list', async () => {
    const { page } = ben
    const field = page.getByRole('textbox', { name: /^Message to/ })
    await field.fill('')
    await page.keyboard.type('somebody@ad')
    expect(await page.getByRole('option').count()).toBe(0)
    await field.fill('')
    await page.keyboard.type('@a')
    await page.getByRole('option', { name: 'Ada of Kiel' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('option').waitFor({ state: 'detached' })
    expect(await field.inputValue()).toBe('@a')
    await page.getByRole('main', { name: 'Harbour News' }).waitFor()
    await field.fill('')
  })
})
