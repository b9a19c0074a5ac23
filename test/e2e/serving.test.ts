import { beforeAll, expect, test } from 'vitest'
import { type Person, personOn } from './support/community.ts'
import { showsQr } from './support/qr.ts'
import { e2e, stage } from './support/stage.ts'
import type { Window } from './support/windows.ts'

/** A spare machine becomes a super-peer. */
e2e('serving groups', () => {
  const scene = stage()
  let ada: Omit<Person, 'group'>
  let attic: Window
  let address: string

  beforeAll(async () => {
    const owner = personOn(scene, 'Ada')
    attic = await scene.window((await personOn(scene, 'Ben')).host, '/serve')
    ada = await owner
  })

  /** The owner invites the super-peer to a new group; resolves to the group. */
  async function invite(name: string): Promise<number> {
    const begun = await ada.host.api.groups.create({
      profile: ada.profile,
      displayName: name,
      writers: 'everyone',
      history: true,
      superPeers: [address],
    })
    for await (const step of begun) if (step.step === 'group') return step.group.id
    throw new Error('no group')
  }

  const superPeerStatus = (group: number) => async () => (await ada.host.api.superPeers.list({ group }))[0]?.status

  test('is switched on with a name, and has an address to give away', async () => {
    const { page } = attic
    await page.getByRole('button', { name: 'Start serving' }).click()
    await page.getByText('Give it a name first.').waitFor()
    await page.getByLabel('Name of your super-peer').fill('Attic')
    await page.getByRole('radio', { name: /^Ask me/ }).check()
    await page.getByRole('button', { name: 'Start serving' }).click()
    await page.getByRole('region', { name: 'Your super-peer' }).waitFor()
    await page.getByRole('button', { name: 'Copy address' }).click()
    address = (await page.evaluate('navigator.clipboard.readText()')) as string
    expect(address).toContain('/r#')
    await page.getByRole('button', { name: 'Show QR code' }).click()
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as picture' }).click()
    expect(await showsQr(page, saving, address)).toBe(true)
  })

  test('asks about each group: one is accepted, one is not', async () => {
    const { page } = attic
    const news = await invite('Harbour News')
    const requests = page.getByRole('region', { name: 'Invitations' })
    await requests.getByText('Harbour News').waitFor()
    await requests.getByText(/from .?Ada/).waitFor()
    await page.getByRole('navigation', { name: 'Sections' }).getByText('1', { exact: true }).waitFor()
    await page.reload()
    await requests.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('link', { name: /Harbour News/ }).waitFor()
    await requests.waitFor({ state: 'detached' })
    await expect.poll(superPeerStatus(news), { timeout: 30_000 }).toBe('active')
    await ada.host.api.groups.confirm({ group: news })

    await invite('Spam and more')
    await requests.getByText('Spam and more').waitFor()
    await requests.getByRole('button', { name: 'Reject' }).click()
    await requests.waitFor({ state: 'detached' })
    expect(await page.getByRole('link', { name: /Spam and more/ }).count()).toBe(0)
  })

  test('is not asked again by a group that it blocks, until that is undone', async () => {
    const { page } = attic
    const group = await invite('Buy now')
    const requests = page.getByRole('region', { name: 'Invitations' })
    const blocked = page.getByRole('region', { name: 'Blocked' })
    await requests.getByText('Buy now').waitFor()
    await requests.getByRole('button', { name: 'Block' }).click()
    await blocked.getByText('Buy now').waitFor()
    await requests.waitFor({ state: 'detached' })

    const askAgain = async (): Promise<void> => {
      const [asked] = await ada.host.api.superPeers.list({ group })
      await ada.host.api.superPeers.retry({ group, superPeer: asked!.id })
    }
    await askAgain()
    await blocked.getByText('asked once more since then').waitFor()
    await page.reload()
    await blocked.getByText('asked once more since then').waitFor()
    expect(await requests.count()).toBe(0)
    expect(await superPeerStatus(group)()).toBe('invited')

    await blocked.getByRole('button', { name: 'Unblock' }).click()
    await blocked.waitFor({ state: 'detached' })
    await askAgain()
    await requests.getByText('Buy now').waitFor()
    await requests.getByRole('button', { name: 'Reject' }).click()
    await requests.waitFor({ state: 'detached' })
  })

  test('has limits that are checked', async () => {
    const { page } = attic
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Limits' }).click()
    const groups = page.getByLabel('Groups', { exact: true })
    await groups.fill('0')
    await page
      .getByText(/whole number from 1 to/)
      .first()
      .waitFor()
    await groups.fill('25')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect
      .poll(async () => (await attic.page.getByRole('button', { name: 'Restart now' }).count()) > 0)
      .toBe(true)
    await attic.expect(/ERR_|WebSocket|401/)
    await page.getByRole('button', { name: 'Restart now' }).click()
    await page.getByRole('button', { name: 'Restart now' }).waitFor({ state: 'detached', timeout: 60_000 })
    await page.goto(new URL('/serve', page.url()).href)
    await page.getByRole('link', { name: /Harbour News/ }).waitFor()
  })

  test('leaves a group properly, and takes it back', async () => {
    const { page } = attic
    await page.getByRole('link', { name: /Harbour News/ }).click()
    await page.getByRole('button', { name: 'Stop serving this group' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Stop serving/ })
      .click()
    await page.getByText('You stopped serving this group.').waitFor()
    const [group] = await ada.host.api.groups.list({})
    const news =
      (await ada.host.api.groups.list({})).find(({ displayName }) => displayName === 'Harbour News') ?? group!
    await expect.poll(superPeerStatus(news.id), { timeout: 30_000 }).toBe('inactive')

    await page.getByRole('button', { name: 'Allow invitations to this group again' }).click()
    await page.getByRole('button', { name: 'Allow invitations' }).waitFor({ state: 'detached' })
    const [gone] = await ada.host.api.superPeers.list({ group: news.id })
    await ada.host.api.superPeers.retry({ group: news.id, superPeer: gone!.id })
    await page.goto(new URL('/serve', page.url()).href)
    await page.getByRole('region', { name: 'Invitations' }).getByRole('button', { name: 'Accept' }).click()
    await expect.poll(superPeerStatus(news.id), { timeout: 30_000 }).toBe('active')
  })

  test('makes another address, after saying what that means', async () => {
    const { page } = attic
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'New address' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The old address stops working').waitFor()
    await dialog.getByRole('button', { name: 'Make a new address' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Copy address' }).click()
    const fresh = (await page.evaluate('navigator.clipboard.readText()')) as string
    expect(fresh).toContain('/r#')
    expect(fresh).not.toBe(address)
    const tested = (to: string) => ada.host.api.superPeers.test({ profile: ada.profile, address: to })
    await expect(tested(address)).rejects.toMatchObject({ data: { code: 'AUTH' } })
    expect((await tested(fresh)).profile.displayName).toBe('Attic')
    address = fresh
    await page.getByRole('region', { name: 'Groups you serve', exact: true }).getByRole('link').waitFor()
  })

  test('stops when its person says so', async () => {
    const { page } = attic
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Stop serving' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Leave 1 group' }).click()
    await page.getByRole('button', { name: 'Start serving' }).waitFor()
  })
})
