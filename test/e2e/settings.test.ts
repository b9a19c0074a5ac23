import { beforeAll, expect, test } from 'vitest'
import { personOn } from './support/community.ts'
import type { TestHost } from './support/hosts.ts'
import { e2e, stage } from './support/stage.ts'
import { HOST_AWAY, type Window } from './support/windows.ts'

e2e('settings', () => {
  const scene = stage()
  let host: TestHost
  let window: Window

  beforeAll(async () => {
    host = (await personOn(scene, 'Ada')).host
    window = await scene.window(host, '/settings/appearance')
  })

  function open(section: string): Promise<unknown> {
    return window.page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: section }).click()
  }

  const background = () => window.page.evaluate('getComputedStyle(document.body).backgroundColor')

  test('theme, text size and language change at once and stay', async () => {
    const { page } = window
    const light = await background()
    await page.getByRole('radio', { name: 'Dark' }).check()
    await expect.poll(background).not.toBe(light)
    await page.getByRole('radio', { name: 'Largest' }).check()
    await open('Language')
    await page.getByRole('radio', { name: 'Deutsch' }).check()
    await page.getByRole('heading', { name: 'Sprache' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sprache' }).waitFor()
    expect(await background()).not.toBe(light)
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await page.getByRole('radio', { name: 'English' }).check()
    await page.getByRole('heading', { name: 'Language' }).waitFor()
    await open('Appearance')
    await page.getByRole('radio', { name: 'Light' }).check()
    await page.getByRole('radio', { name: 'Normal' }).check()
  })

  test('a name is changed', async () => {
    const { page } = window
    await open('Profile')
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
    await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
  })

  test('routers are tested before they are taken', async () => {
    const { page } = window
    await open('Routers')
    await page
      .getByRole('button', { name: /^Test .*127\.0\.0\.1/ })
      .first()
      .click()
    await page
      .getByText(/answered in/)
      .first()
      .waitFor()
    const field = page.getByLabel('Add a router')
    await field.fill('smp://nonsense')
    await page.getByRole('button', { name: 'Test and add' }).click()
    await page.getByText('This is not the address of a router').waitFor()
    const impostor = host.router.replace(/:\/\/[^@]+@/, '://AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=@')
    await field.fill(impostor)
    await page.getByRole('button', { name: 'Test and add' }).click()
    await page.getByText('is not the router that the address names').waitFor()

    const other = (await scene.host('Elm')).router
    await field.fill(other)
    await page.getByRole('button', { name: 'Test and add' }).click()
    const added = page.getByRole('listitem').filter({ hasText: 'Added by you' })
    await added.getByText('not used yet').waitFor()
    await page.getByRole('button', { name: 'Restart now' }).waitFor()
    expect(await field.inputValue()).toBe('')
    await field.fill(other)
    await page.getByText('This router is in use already').waitFor()
    await field.fill('')
    await added.getByRole('button', { name: /^Stop using/ }).click()
    await added.waitFor({ state: 'detached' })
  })

  test('another browser is let in, and sent away', async () => {
    const { page } = window
    await open('Signed-in browsers')
    await page.getByRole('button', { name: 'Make a sign-in link' }).click()
    await page.getByRole('button', { name: 'Copy link' }).click()
    const link = (await page.evaluate('navigator.clipboard.readText()')) as string
    const other = await scene.blank()
    await other.page.goto(link)
    await other.page.getByRole('heading', { name: 'Chats', exact: true }).waitFor()
    const again = await scene.blank()
    again.expect(/401/)
    await again.page.goto(link)
    await again.page.getByText('Sign in to your host').waitFor()

    other.expect(/401|WebSocket/)
    await page.reload()
    const rows = page.getByRole('main').getByRole('listitem')
    await expect.poll(() => rows.count()).toBe(2)
    await rows
      .filter({ hasNotText: 'This browser' })
      .getByRole('button', { name: /^Sign out/ })
      .click()
    await expect.poll(() => rows.count()).toBe(1)
    await other.page.getByText('Sign in to your host').waitFor()
  })

  test('diagnostics name no secrets', async () => {
    const { page } = window
    await open('Diagnostics')
    await page.getByRole('button', { name: 'Copy' }).click()
    const report = (await page.evaluate('navigator.clipboard.readText()')) as string
    expect(report).toContain('127.0.0.1')
    for (const secret of ['Ada', host.router.split('@')[0]!, '/c#', '/r#']) expect(report).not.toContain(secret)
  })

  test('a screen whose code cannot be had takes nothing with it, and comes with the host', async () => {
    const { page } = window
    window.expect(HOST_AWAY)
    window.expect(/dynamically imported module|preload CSS/)
    await page.reload()
    await page.getByRole('navigation', { name: 'Settings' }).waitFor()
    await host.kill()
    await page.getByText('Your host does not answer').waitFor()
    await page.getByRole('link', { name: 'Serve' }).click()
    await page.getByText('This screen comes as soon as your host answers again').waitFor()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('navigation', { name: 'Settings' }).waitFor()
    await page.getByRole('link', { name: 'Serve' }).click()
    await host.start()
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('heading', { name: 'Serve groups' }).waitFor()
  })

  test('an interface that is older than its host is loaded anew', async () => {
    const { page } = window
    window.expect(/dynamically imported module|preload CSS|404/)
    await page.goto(new URL('/settings/about', page.url()).href)
    await page.getByRole('navigation', { name: 'Settings' }).waitFor()
    await page.evaluate('sessionStorage.clear()')
    let gone = 0
    await page.route('**/assets/*.js', (route) => (gone++ === 0 ? route.fulfill({ status: 404 }) : route.continue()))
    await page.getByRole('link', { name: 'Super-peers' }).click()
    await page.getByRole('heading', { name: 'Super-peers', level: 1 }).waitFor()
    expect(gone).toBeGreaterThan(1)
    await page.unroute('**/assets/*.js')
    await page.goto(new URL('/settings/about', page.url()).href)
  })

  test('about lists what others made', async () => {
    const { page } = window
    await open('About')
    await page.getByText('GNU Affero General Public License').first().waitFor()
    await page
      .getByRole('listitem')
      .filter({ hasText: /^react 19/ })
      .waitFor()
  })
})
