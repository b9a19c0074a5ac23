import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { overhang, seriousProblems } from './support/axe.ts'
import { type Community, community } from './support/community.ts'
import { e2e, stage } from './support/stage.ts'
import { act, message } from './support/talk.ts'
import type { Window } from './support/windows.ts'

/** Names that are hard on a layout. */
const LONG = 'The Extraordinarily Long-Winded Society of Harbour Enthusiasts'
const ARABIC = 'أخبار الميناء'

const WIDTHS = [1280, 800, 390] as const

e2e('every screen', () => {
  const scene = stage()
  let people: Community
  let ada: Window
  let oak: Window
  let nobody: Window

  beforeAll(async () => {
    people = await community(scene, {
      name: LONG.slice(0, 60),
      superPeers: ['Oak'],
      owner: ARABIC,
      members: ['Ben'],
    })
    const { owner, members, superPeers } = people
    const ben = members[0]!
    await ben.host.api.messages.send({ group: ben.group, text: 'See https://example.org and *this*' })
    await owner.host.api.messages.send({ group: owner.group, text: 'مرحبا بالجميع' })
    ada = await scene.window(owner.host, `/chats/${owner.group}`)
    oak = await scene.window(superPeers[0]!, '/serve')
    nobody = await scene.window(await scene.host('nobody'), '/')
    await message(ada.page, 'example.org').waitFor()
  })

  /** In both themes and at three widths. */
  async function inspect(page: Page, name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await seriousProblems(page), `${name}, ${colorScheme}`).toEqual([])
    }
    await page.emulateMedia({ colorScheme: 'light' })
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 })
      expect(await overhang(page), `${name}, ${width} wide`).toBe(0)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  }

  async function visit({ page }: Window, path: string, shown: string): Promise<void> {
    await page.goto(new URL(path, page.url()).href)
    await page.getByText(shown).first().waitFor()
    await page.waitForLoadState('networkidle')
    await inspect(page, path)
  }

  describe('of a person', () => {
    test.each([
      ['/chats', 'Choose a chat'],
      ['/chats/1', 'Ben'],
      ['/groups/1', 'Delete group'],
      ['/groups/1/members', 'Ben'],
      ['/groups/1/super-peers', 'Oak'],
      ['/groups/1/super-peers/add', 'Your own'],
      ['/groups/1/statistics', 'Super-peers compared'],
      ['/groups/1/edit', 'Save'],
      ['/groups/1/setup/share', 'Copy link'],
      ['/groups/new', 'Next'],
      ['/join', 'Paste the link'],
      ['/super-peers', 'Your own'],
      ['/super-peers/new', 'Address'],
      ['/serve', 'Start serving'],
    ])('%s', async (path, shown) => visit(ada, path, shown))

    test('the second step of creating a group', async () => {
      const { page } = ada
      await page.goto(new URL('/groups/new', page.url()).href)
      await page.getByLabel('Name', { exact: true }).fill('Another')
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('button', { name: 'Add by address' }).click()
      await inspect(page, 'super-peers of a new group')
    })

    test('details, menus and the search of a conversation', async () => {
      const { page } = ada
      await page.goto(new URL('/chats/1', page.url()).href)
      await act(page, 'example.org', 'Details')
      await page.getByRole('dialog').waitFor()
      await inspect(page, 'message details')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'New' }).click()
      await page.getByRole('menuitem').first().waitFor()
      await inspect(page, 'menu')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+f')
      await page.getByRole('searchbox', { name: 'Search in this chat' }).fill('this')
      await page.getByText('1 message found').waitFor({ state: 'attached' })
      await inspect(page, 'search')
    })

    test('a question before what cannot be undone', async () => {
      const { page } = ada
      await page.goto(new URL('/groups/1', page.url()).href)
      await page.getByRole('button', { name: 'Delete group' }).click()
      await page.getByRole('dialog').waitFor()
      await inspect(page, 'deleting a group')
    })
  })

  describe('of a super-peer', () => {
    test.each([
      ['/serve', 'Groups you serve'],
      ['/serve/identity', 'Name of your super-peer'],
      ['/serve/limits', 'Days of history'],
      ['/serve/1', 'Served since'],
    ])('%s', async (path, shown) => visit(oak, path, shown))
  })

  describe('of the settings', () => {
    test.each([
      ['profile', 'Your name'],
      ['notifications', 'New messages'],
      ['appearance', 'Text size'],
      ['language', 'Language of the interface'],
      ['backup', 'Backup'],
      ['storage', 'Database'],
      ['routers', 'In use'],
      ['browsers', 'This browser'],
      ['diagnostics', 'Report'],
      ['about', 'Work of others'],
    ])('%s', async (section, shown) => visit(ada, `/settings/${section}`, shown))
  })

  describe('of a beginning', () => {
    test('a name is asked for', () => visit(nobody, '/welcome', 'Your name'))

    test('and what to do', async () => {
      await nobody.page.getByLabel('Your name').fill(LONG.slice(0, 60))
      await nobody.page.getByRole('button', { name: 'Continue' }).click()
      await nobody.page.getByText('How do you want to begin?').waitFor()
      await inspect(nobody.page, 'begin')
      await visit(nobody, '/chats', 'No chats yet')
    })

    test('the preview of a group', async () => {
      const { link } = await people.owner.host.api.groups.get({ group: people.owner.group })
      await visit(nobody, `/join?link=${encodeURIComponent(link)}`, 'Signed by its owner')
    })

    test('a browser that is not signed in', async () => {
      const stranger = await scene.blank()
      stranger.expect(/401/)
      await stranger.page.goto(new URL('/', nobody.page.url()).href)
      await stranger.page.getByText('Sign in to your host').waitFor()
      await inspect(stranger.page, 'sign in')
    })
  })
})
