import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { personOn } from './support/community.ts'
import type { TestHost } from './support/hosts.ts'
import { tabTo } from './support/keyboard.ts'
import { showsQr } from './support/qr.ts'
import { e2e, stage } from './support/stage.ts'
import { message, say } from './support/talk.ts'
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
    await page.waitForURL(/\/setup$/)
    await owner.kill()
    await page.getByText('Your host does not answer').waitFor()
    await Promise.all([owner.start(), pine.start()])
    await row(page, 'Pine').getByText('active', { exact: true }).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Open group' }).click()
    await page.getByRole('button', { name: 'Open conversation' }).waitFor()
  })

  test('the link of a group is no super-peer, and the keyboard goes on where it was', async () => {
    const { page } = ada
    await page.goto(new URL('/groups/new', page.url()).href)
    await begin(page, 'Night Watch', [])
    await page.getByRole('button', { name: 'Add by address' }).press('Enter')
    const [group] = await owner.api.groups.list({})
    await page.keyboard.insertText(group!.link)
    await page.getByText('not the address of a super-peer').waitFor()
    expect(await page.getByRole('button', { name: 'Test', exact: true }).isEnabled()).toBe(false)
    await page.getByRole('button', { name: 'Cancel' }).press('Enter')
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Add by address')
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

  test('needs no mouse', async () => {
    const { page } = ada
    const press = (key: string) => page.keyboard.press(key)
    await page.goto(new URL('/groups/new', page.url()).href)
    await tabTo(page, page.getByLabel('Name', { exact: true }))
    await page.keyboard.type('By Hand')
    await tabTo(page, page.getByRole('radio', { name: /^Everyone/ }))
    await press('ArrowDown')
    await page.getByRole('radio', { name: /^Only/, checked: true }).waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Next' }))
    await press('Enter')
    for (const name of ['Oak', 'Elm', 'Pine']) {
      const box = page.getByRole('checkbox', { name })
      await box.waitFor()
      if ((await box.isChecked()) === (name === 'Pine')) continue
      await tabTo(page, box)
      await press('Space')
    }
    await tabTo(page, page.getByRole('button', { name: 'Create group' }))
    await press('Enter')
    await row(page, 'Pine').getByText('active', { exact: true }).waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Open group' }))
    await press('Enter')
    await tabTo(page, page.getByRole('button', { name: 'Open conversation' }))
    await press('Enter')
    await tabTo(page, page.getByRole('textbox', { name: 'Message to By Hand' }))
    await page.keyboard.type('No mouse came near')
    await press('Enter')
    await message(page, 'No mouse came near').getByText('at all super-peers').waitFor()
  })

  test('chooses from a list that its person keeps', async () => {
    const { page } = ada
    const choose = async (name: string, action: string) => {
      await page.getByRole('button', { name: new RegExp(`^Actions for .?${name}`) }).click()
      await page.getByRole('menuitem', { name: action, exact: true }).click()
    }
    const dialog = page.getByRole('dialog')
    await page.getByRole('link', { name: 'Super-peers', exact: true }).click()
    await choose('Pine', 'Delete from the list')
    await dialog.getByText(/It goes on serving .*Night Watch/).waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await choose('Oak', 'Delete from the list')
    await dialog.getByText('No group of yours uses it').waitFor()
    await dialog.getByRole('button', { name: /^Delete/ }).click()
    await row(page, 'Oak').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByLabel('Address').fill(oak.superPeer)
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    const found = page.getByRole('form', { name: 'Super-peer found' })
    await found.getByText(/^Answered in .* and holds the key/).waitFor()
    await found.getByLabel('Name in your list').fill('Old Oak')
    await found.getByRole('button', { name: 'Add to your list' }).click()
    await row(page, 'Old Oak')
      .getByText(/^answered in/)
      .waitFor()

    await choose('Old Oak', 'Rename')
    await dialog.getByLabel('Name in your list').fill('Oak at the pier')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await choose('Oak at the pier', 'Don’t use for new groups')
    await row(page, 'Oak at the pier').getByText('Not used for new groups').waitFor()
    await page.goto(new URL('/groups/new', page.url()).href)
    await page.getByLabel('Name', { exact: true }).fill('Another')
    await page.getByRole('button', { name: 'Next' }).click()
    const box = page.getByRole('checkbox', { name: 'Oak at the pier' })
    await box.waitFor()
    expect(await box.isDisabled()).toBe(true)
    expect(await page.getByRole('checkbox', { name: 'Pine' }).isDisabled()).toBe(false)
  })

  test('hears what it means when one operator runs them all', async () => {
    const { page } = ada
    const choice = (name: string) => page.getByRole('checkbox', { name })
    await choice('Pine').setChecked(true)
    await choice('Elm').setChecked(true)
    await page.getByText(/^All of these are run by .*127\.0\.0\.1/).waitFor()
    await choice('Elm').setChecked(false)
    await page.getByText(/^All of these are run by/).waitFor({ state: 'detached' })
    await choice('Pine').setChecked(false)
    await page.getByText(/^Choose at least one/).waitFor()
    expect(await page.getByRole('button', { name: 'Create group' }).isEnabled()).toBe(false)
  })

  const passphrase = 'nine bean rows will I have there'
  const backup = () => join(scene.folder, 'ada.backup')

  test('comes with keys that a passphrase protects', async () => {
    const { page } = ada
    await page.goto(new URL('/settings/backup', page.url()).href)
    const set = page.getByRole('button', { name: 'Set passphrase' })
    await page.getByLabel('Passphrase for backups').fill('short')
    await set.click()
    await page.getByText('At least 8 characters').waitFor()
    await page.getByLabel('Passphrase for backups').fill(passphrase)
    await page.getByLabel('The same once more').fill('something else')
    await set.click()
    await page.getByText('The two are not the same').waitFor()
    await page.getByLabel('The same once more').fill(passphrase)
    await set.click()
    await page.getByRole('button', { name: 'Back up now' }).waitFor()
  })

  test('is something that a backup brings back, as a drill says', async () => {
    const { page } = ada
    await page.goto(new URL('/settings/backup', page.url()).href)
    await page.getByRole('button', { name: 'Back up now' }).click()
    const made = page.getByText(/^Made and checked: /)
    await made.waitFor()
    await page.getByText(/groups of yours with all their keys/).waitFor()
    copyFileSync((await made.textContent())!.replace('Made and checked: ', ''), backup())

    const check = page.getByRole('region', { name: 'Try a backup' })
    await check.getByLabel('Backup file').fill(backup())
    await check.getByLabel('Its passphrase').fill('not this one')
    await check.getByRole('button', { name: 'Try it' }).click()
    await check.getByRole('alert').waitFor()
    await check.getByLabel('Its passphrase').fill(passphrase)
    await check.getByRole('button', { name: 'Try it' }).click()
    await check
      .getByRole('listitem')
      .filter({ hasText: 'Night Watch' })
      .getByText('its key controls the group')
      .waitFor()
  })

  let machines = 0

  /** What comes of the backup on a machine where Hearth is new. */
  async function restored(): Promise<{ readonly host: TestHost; readonly page: Page }> {
    machines += 1
    const host = await scene.host(`Machine ${machines}`)
    const window = await scene.window(host)
    window.expect(HOST_AWAY)
    const { page } = window
    await page.getByRole('button', { name: 'Restore from a backup' }).click()
    await page.getByLabel('Backup file').fill(backup())
    await page.getByLabel('Its passphrase').fill(passphrase)
    await page.getByRole('button', { name: 'Restore', exact: true }).click()
    await page.getByRole('link', { name: /By Hand/ }).waitFor({ timeout: 60_000 })
    return { host, page }
  }

  test('is not ruled from two machines at a time', async () => {
    const { host, page } = await restored()
    await page.getByText('This copy sends nothing').waitFor()
    await page.getByText('Another copy of this host runs at this moment').waitFor()
    await host.kill()
  })

  test('survives the loss of its machine', async () => {
    ada.expect(HOST_AWAY)
    await owner.kill()
    const { page } = await restored()
    expect(await page.getByText('This copy sends nothing').count()).toBe(0)
    await page.getByRole('link', { name: /By Hand/ }).click()
    await message(page, 'No mouse came near').waitFor()
    await say(page, 'Here again')
    await message(page, 'Here again').getByText('at all super-peers').waitFor({ timeout: 60_000 })
  })
})
