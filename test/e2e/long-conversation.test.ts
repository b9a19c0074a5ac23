import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { seedLongConversation } from '../../bench/long-conversation.ts'
import { type Community, community } from './support/community.ts'
import { e2e, stage } from './support/stage.ts'
import { message } from './support/talk.ts'
import type { Window } from './support/windows.ts'

const COUNT = 5000

e2e(`a conversation of ${COUNT} messages`, () => {
  const scene = stage()
  let people: Community
  let window: Window

  beforeAll(async () => {
    people = await community(scene, { name: 'Harbour News', superPeers: ['Oak'], owner: 'Ada', members: [] })
    const { host, group } = people.owner
    await host.kill('SIGTERM')
    seedLongConversation(host.dir, group, COUNT, 'The very last word')
    await host.start()
    window = await scene.window(host, `/chats/${group}`)
  })

  /** The numbers that the messages on the page end with, from top to bottom. */
  async function numbers(page: Page): Promise<number[]> {
    const texts = await page.getByRole('log').getByRole('article').locator('[dir=auto]').allTextContents()
    return texts.flatMap((text) => /\((\d+)\)$/.exec(text)?.[1] ?? []).map(Number)
  }

  function expectNoGaps(shown: readonly number[]): void {
    const first = shown[0] ?? 0
    expect(shown).toEqual(shown.map((_, index) => first + index))
  }

  test('opens at its end, and is read to its beginning without a gap', async () => {
    const { page } = window
    await message(page, 'The very last word').waitFor()
    await page.getByRole('log').hover()
    let top = COUNT
    let still = 0
    while (top > 1 && still < 200) {
      await page.mouse.wheel(0, -4000)
      await page.evaluate('new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))')
      const shown = await numbers(page)
      expectNoGaps(shown)
      const first = shown[0] ?? top
      still = first < top ? 0 : still + 1
      top = Math.min(top, first)
    }
    expect(top).toBe(1)
  })

  test('stays where it is when somebody writes', async () => {
    const { page } = window
    const first = page.getByRole('log').getByRole('article').filter({ hasText: /\(1\)/ })
    await first.waitFor()
    const before = await first.boundingBox()
    const { host, group } = people.owner
    await host.api.messages.send({ group, text: 'Somebody wrote' })
    await page.getByRole('link', { name: /Harbour News.*Somebody wrote/ }).waitFor()
    expect(await first.boundingBox()).toEqual(before)
    await page.getByRole('button', { name: 'Newest' }).click()
    await message(page, 'Somebody wrote').waitFor()
  })

  test('finds what was said long ago and goes there', async () => {
    const { page } = window
    await page.keyboard.press('Control+f')
    const search = page.getByRole('search')
    const found = search.getByRole('listitem')
    const status = search.getByRole('status')
    await search.getByRole('searchbox', { name: 'Search in this chat' }).fill('(23')
    await status.filter({ hasText: 'More than 50 messages found' }).waitFor({ state: 'attached' })
    expect(await found.count()).toBe(50)
    const older = search.getByRole('button', { name: 'Show older' })
    await older.click()
    await found.nth(99).waitFor()
    await older.focus()
    await page.keyboard.press('Enter')
    await status.filter({ hasText: /^111 messages found/ }).waitFor({ state: 'attached' })
    expect(await found.count()).toBe(111)
    await older.waitFor({ state: 'detached' })
    await search.getByRole('searchbox', { name: 'Search in this chat' }).fill('(2345)')
    await status.filter({ hasText: '1 message found' }).waitFor({ state: 'attached' })
    await found.getByRole('button').click()
    await message(page, '(2345)').waitFor()
    expectNoGaps(await numbers(page))
    await page.getByRole('button', { name: 'Newest' }).click()
    await message(page, 'Somebody wrote').waitFor()
  })
})
