import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { overhang, seriousProblems } from './support/axe.ts'
import { personOn } from './support/community.ts'
import { drawnPicture, proportion } from './support/picture.ts'
import { e2e, stage } from './support/stage.ts'
import { act, message, say } from './support/talk.ts'
import type { Window } from './support/windows.ts'

/** In both themes and at three widths. */
async function inspect(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousProblems(page), `${name}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
  for (const width of [1280, 800, 390]) {
    await page.setViewportSize({ width, height: 800 })
    expect(await overhang(page), `${name}, ${width} wide`).toBe(0)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

e2e('two people', () => {
  const scene = stage()
  let ada: Window
  let ben: Window

  beforeAll(async () => {
    const [first, second] = await Promise.all([personOn(scene, 'Ada'), personOn(scene, 'Ben')])
    ada = await scene.window(first.host)
    ben = await scene.window(second.host)
  })

  test('connect by a link that works once', async () => {
    const { page } = ada
    await page.getByRole('button', { name: 'New' }).click()
    await page.getByRole('menuitem', { name: 'Invite somebody' }).click()
    await page.getByRole('button', { name: 'Make a link' }).click()
    await page.getByText('Waiting for somebody to open it').waitFor()
    await page.reload()
    const link = (await page.locator('code').textContent()) ?? ''
    expect(link).toMatch(/\/i#/)

    await ben.page.goto(new URL('/join', ben.page.url()).href)
    await ben.page.getByRole('textbox', { name: 'Link' }).fill(link)
    await ben.page.getByRole('button', { name: 'Next' }).click()
    await ben.page.getByRole('heading', { name: 'Ada' }).waitFor()
    await ben.page.getByRole('button', { name: 'Connect' }).click()
    await page.getByRole('button', { name: 'Open conversation' }).click()
    await say(page, 'Good that you are *here*', 'Good that you are here')
    await message(page, 'Good that you are here').getByText('sent', { exact: true }).waitFor()
    await message(ben.page, 'Good that you are here').waitFor()
    await say(ben.page, 'Hello Ada')
    await message(page, 'Hello Ada').waitFor()
  })

  test('send a picture, which can be kept', async () => {
    const file = join(scene.folder, 'picture.png')
    await drawnPicture(ada.page, file)
    await ada.page.locator('input[type=file]').setInputFiles(file)
    await ada.page.getByRole('button', { name: 'Remove picture' }).waitFor()
    await say(ada.page, 'Look at this')
    const picture = message(ben.page, 'Look at this').locator('img')
    expect(await proportion(picture)).toBeCloseTo(2, 1)
    const saving = ben.page.waitForEvent('download')
    await act(ben.page, 'Look at this', 'Save picture')
    expect((await saving).suggestedFilename()).toMatch(/^hearth-.*\.jpg$/)
  })

  test('answer each other, and a quote leads to what it quotes', async () => {
    await act(ben.page, 'Good that you are here', 'Reply')
    await say(ben.page, 'I am glad, too')
    const quote = message(ada.page, 'I am glad, too').locator('blockquote button')
    await quote.click()
    await ada.page.locator('article[data-focused=true]').filter({ hasText: 'Good that you are here' }).waitFor()
    await act(ada.page, 'Hello Ada', 'React')
    await ada.page.getByRole('toolbar', { name: 'React' }).getByRole('button', { name: '👍' }).click()
    await message(ben.page, 'Hello Ada').getByRole('button', { name: '👍, 1' }).waitFor()
  })

  test('compare their security code', async () => {
    await ada.page.getByRole('main').getByRole('link', { name: /Ben/ }).click()
    await ben.page.getByRole('main').getByRole('link', { name: /Ada/ }).click()
    const code = ada.page.getByText(/^\d{5} \d{5} /)
    const shown = await code.textContent()
    expect(await ben.page.getByText(/^\d{5} \d{5} /).textContent()).toBe(shown)
    const field = ada.page.getByRole('textbox', { name: /paste the code/ })
    await field.fill('12345 67890')
    await ada.page.getByText('These codes differ.').waitFor()
    expect(await ada.page.getByRole('button', { name: 'The codes are the same' }).isDisabled()).toBe(true)
    await field.fill(shown ?? '')
    await ada.page.getByRole('button', { name: 'The codes are the same' }).click()
    await ada.page.getByText(/^Compared on/).waitFor()
    await ada.page.getByRole('button', { name: 'Open conversation' }).click()
    await ada.page.getByLabel('Security code compared').waitFor()
  })

  test('ask at an address, and are accepted', async () => {
    const { page } = ada
    await page.goto(new URL('/contacts/invite', page.url()).href)
    await page.getByRole('button', { name: 'Create an address' }).click()
    const link = (await page.locator('code').textContent()) ?? ''
    expect(link).toMatch(/\/a#/)
    await page.goto(new URL('/chats', page.url()).href)

    const claire = await scene.window((await personOn(scene, 'Claire')).host)
    await claire.page.goto(new URL(`/join?link=${encodeURIComponent(link)}`, claire.page.url()).href)
    await claire.page.getByRole('textbox', { name: 'Say who you are' }).fill('Your neighbour')
    await claire.page.getByRole('button', { name: 'Send request' }).click()
    await claire.page.getByText('You can write as soon as Ada has answered.').waitFor()

    const requests = page.getByRole('region', { name: 'Requests' })
    await requests.getByText('Your neighbour').waitFor()
    await requests.getByRole('button', { name: 'Accept' }).click()
    await message(page, 'Your neighbour').waitFor()
    await say(page, 'Come in')
    await message(claire.page, 'Come in').waitFor()
    await message(claire.page, 'Your neighbour').getByText('sent', { exact: true }).waitFor()
  })

  test('find nothing in their way on any screen', async () => {
    const { page } = ada
    const { link } = await (await personOn(scene, 'Dora')).host.api.contacts.createAddress({ profile: 1 })
    const looked: [path: string, shown: string][] = [
      ['/contacts/invite', 'Delete address'],
      ['/contacts/1', 'Look at this'],
      ['/contacts/1/about', 'Compared on'],
      [`/connect?link=${encodeURIComponent(link)}`, 'Say who you are'],
    ]
    for (const [path, shown] of looked) {
      await page.goto(new URL(path, page.url()).href)
      await page.getByText(shown).first().waitFor()
      await inspect(page, path)
    }
    await page.getByRole('switch').click()
    await inspect(page, 'connecting under another name')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await inspect(page, 'palette')
    await page.keyboard.press('Escape')
    await page.getByRole('combobox').waitFor({ state: 'detached' })
  })

  test('go anywhere with the keyboard, and part', async () => {
    const { page } = ada
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Go to a chat or page' }).waitFor()
    await page.keyboard.type('be')
    await page.keyboard.press('Enter')
    await page.getByRole('main', { name: 'Ben' }).waitFor()
    await page.getByRole('main').getByRole('link', { name: /Ben/ }).click()
    await page.getByRole('button', { name: 'Delete contact' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete contact' }).click()
    await page.getByRole('link', { name: /Ben/ }).waitFor({ state: 'detached' })
    await ben.page.getByRole('button', { name: 'Open conversation' }).click()
    await ben.page.getByText('Ada has ended this chat.').waitFor()
    await message(ben.page, 'Hello Ada').waitFor()
  })
})
