import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { personOn } from './support/community.ts'
import type { TestHost } from './support/hosts.ts'
import { showsQr } from './support/qr.ts'
import { e2e, stage } from './support/stage.ts'
import { HOST_AWAY, type Window } from './support/windows.ts'

/** The wizard, while super-peers do what super-peers do. */
e2e('creating a group', () => {
  const scene = stage()
  let oak: TestHost
  let elm: TestHost
  let pine: TestHost
  let owner: TestHost
  let ada: Window

  beforeAll(async () => {
    const starting = ['Oak', 'Elm', 'Pine'].map((name) => scene.host(name, '--super-peer', name))
    owner = (await personOn(scene, 'Ada')).host
    ;[oak, elm, pine] = (await Promise.all(starting)) as [TestHost, TestHost, TestHost]
    for (const [host, name] of [
      [oak, 'Oak'],
      [elm, 'Elm'],
      [pine, 'Pine'],
    ] as const) {
      await owner.api.known.add({ address: host.superPeer, name })
    }
    await elm.api.serving.enable({ displayName: 'Elm', autoAccept: false })
    ada = await scene.window(owner, '/groups/new')
  })

  /** Steps 1 and 2, with these super-peers. */
  async function begin(page: Page, name: string, superPeers: readonly string[]): Promise<void> {
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByRole('button', { name: 'Next' }).click()
    for (const name of ['Oak', 'Elm', 'Pine']) {
      await page.getByRole('checkbox', { name }).setChecked(superPeers.includes(name))
    }
  }

  function row(page: Page, superPeer: string): Locator {
    return page
      .getByRole('main')
      .getByRole('listitem')
      .filter({ has: page.getByText(superPeer, { exact: true }) })
  }

  test('one asks its person, one dies, one leaves: the group opens with what is there', async () => {
    const { page } = ada
    await page.clock.install()
    await page.getByLabel('Description').fill('What happens between the two piers.')
    await begin(page, 'Harbour News', ['Oak', 'Elm', 'Pine'])

    await page.reload()
    await expect.poll(() => page.getByRole('checkbox', { checked: true }).count()).toBe(3)
    await pine.kill()
    await page.getByRole('button', { name: 'Create group' }).click()
    await row(page, 'Oak').getByText('active', { exact: true }).waitFor()
    await row(page, 'Elm').getByText('invited', { exact: true }).waitFor()
    await row(page, 'Pine').getByText('router').waitFor()
    expect(await page.getByRole('button', { name: 'Open group' }).isEnabled()).toBe(true)

    await page.reload()
    await row(page, 'Oak').getByText('active', { exact: true }).waitFor()
    await page.clock.fastForward('01:10')
    await row(page, 'Elm').getByText('hasn’t answered for a minute').waitFor()
    await row(page, 'Elm').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: /^Remove .Elm/ }).click()
    await row(page, 'Elm').waitFor({ state: 'detached' })

    await pine.start()
    await row(page, 'Pine').getByRole('button', { name: 'Retry' }).click()
    await row(page, 'Pine').getByText('active', { exact: true }).waitFor()

    const [served] = await oak.api.serving.groups({})
    await oak.api.serving.leave({ group: served!.id })
    await row(page, 'Oak').getByText('left', { exact: true }).waitFor()
    await row(page, 'Oak').getByRole('button', { name: 'Retry' }).click()
    await row(page, 'Oak').getByText('refused', { exact: true }).waitFor()
    await row(page, 'Oak').getByText('doesn’t take it back').waitFor()
    await row(page, 'Oak').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: /^Remove .Oak/ }).click()
    await row(page, 'Oak').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Open group' }).click()
    const link = page.getByRole('code').first()
    await link.waitFor()
    const shown = await link.textContent()
    await page.reload()
    await link.waitFor()
    expect(await link.textContent()).toBe(shown)
    await page.getByRole('button', { name: 'Copy link' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(shown)
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as picture' }).click()
    expect((await saving).suggestedFilename()).toBe('Harbour News.png')
    expect(await showsQr(page, saving, shown ?? '')).toBe(true)
    await page.getByRole('button', { name: 'Copy text' }).click()
    const along = (await page.evaluate('navigator.clipboard.readText()')) as string
    expect(along).toContain('Harbour News')
    expect(along).toContain(shown)
    await page.getByRole('button', { name: 'Open conversation' }).click()
    await page.getByRole('textbox', { name: 'Message to Harbour News' }).waitFor()
  })

  test('goes on after its host was killed in the middle', async () => {
    const { page } = ada
    ada.expect(HOST_AWAY)
    await pine.kill()
    await page.goto(new URL('/groups/new', page.url()).href)
    await begin(page, 'Night Watch', ['Pine'])
    await page.getByRole('button', { name: 'Create group' }).click()
    await owner.kill()
    await page.getByText('Your host does not answer').waitFor()
    await Promise.all([owner.start(), pine.start()])
    await page.getByRole('button', { name: 'Try now' }).click()
    await row(page, 'Pine').getByText('active', { exact: true }).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Open group' }).click()
    await page.getByRole('button', { name: 'Open conversation' }).waitFor()
  })

  test('can be given up without a trace', async () => {
    const { page } = ada
    await page.goto(new URL('/groups/new', page.url()).href)
    await begin(page, 'Never Mind', ['Pine'])
    await page.getByRole('button', { name: 'Create group' }).click()
    await row(page, 'Pine').getByText('active', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Don’t create it' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Don’t create it' }).click()
    await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor()
    await page.getByRole('link', { name: /Night Watch/ }).waitFor()
    expect(await page.getByRole('link', { name: /Never Mind/ }).count()).toBe(0)
  })
})
