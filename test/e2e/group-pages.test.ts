import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { type Community, community, type Person } from './support/community.ts'
import type { TestHost } from './support/hosts.ts'
import { e2e, stage } from './support/stage.ts'
import { act, message, say } from './support/talk.ts'
import type { Window } from './support/windows.ts'

e2e('the pages of a group', () => {
  const scene = stage()
  let people: Community
  let ben: Person
  let elm: TestHost
  let ada: Window
  let member: Window

  beforeAll(async () => {
    const starting = scene.host('Elm', '--super-peer', 'Elm')
    people = await community(scene, {
      name: 'Harbour News',
      writers: 'owners',
      superPeers: ['Oak'],
      owner: 'Ada',
      members: ['Ben', 'Cleo'],
    })
    elm = await starting
    ben = people.members[0]!
    ada = await scene.window(people.owner.host, `/groups/${people.owner.group}/members`)
    member = await scene.window(ben.host, `/chats/${ben.group}`)
  })

  function go(window: Window, path: string): Promise<unknown> {
    return window.page.goto(new URL(path, window.page.url()).href)
  }

  function row(page: Page, name: string): Locator {
    const actions = page.getByRole('button', { name: new RegExp(`^Actions for .?${name}`) })
    return page.locator('[data-item-index]').filter({ has: actions })
  }

  async function choose(page: Page, name: string, action: string): Promise<void> {
    await page.getByRole('button', { name: new RegExp(`^Actions for .?${name}`) }).click()
    await page.getByRole('menuitem', { name: action }).click()
  }

  test('a reader may write once its owner lets it, and not when it is blocked', async () => {
    await member.page.getByText('Only some members can write here.').waitFor()
    // Who only reads is a number; whoever reacts is somebody.
    await people.owner.host.api.messages.send({ group: people.owner.group, text: 'Who is there?' })
    await act(member.page, 'Who is there?', 'React')
    await member.page.getByRole('toolbar', { name: 'React' }).getByRole('button', { name: '👍' }).click()
    await choose(ada.page, 'Ben', 'Let write')
    await say(member.page, 'My first words')
    await row(ada.page, 'Ben').getByText('writer').waitFor()
    await choose(ada.page, 'Ben', 'Block for everybody')
    await row(ada.page, 'Ben').getByText('blocked').waitFor()
    await choose(ada.page, 'Ben', 'Unblock')
    await row(ada.page, 'Ben').getByText('writer').waitFor()
    await choose(ada.page, 'Ben', 'Make moderator')
    await row(ada.page, 'Ben').getByText('moderator').waitFor()
    await go(member, `/groups/${ben.group}`)
    await member.page.getByText('moderator').waitFor()
  })

  test('members see what an owner changes of the group', async () => {
    await go(ada, `/groups/${people.owner.group}/edit`)
    await ada.page.getByLabel('Name', { exact: true }).fill('Harbour Gazette')
    await ada.page.getByLabel('Description').fill('Now with pictures.')
    await ada.page.getByRole('button', { name: 'Save' }).click()
    await member.page.getByRole('heading', { name: 'Harbour Gazette' }).waitFor()
    await member.page.getByText('Now with pictures.').waitFor()
  })

  test('an owner decides anew who may write', async () => {
    const { page } = ada
    const cleo = people.members[1]!
    const reader = await scene.window(cleo.host, `/chats/${cleo.group}`)
    await reader.page.getByText('Only some members can write here.').waitFor()
    await go(ada, `/groups/${people.owner.group}/edit`)
    await page.getByRole('radio', { name: /^Everyone may write/ }).check()
    await page.getByText('All members may write from now on').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Everyone may write').waitFor()
    await say(reader.page, 'At last')
    await go(ada, `/groups/${people.owner.group}/members`)
    await row(page, 'Cleo').getByText('writer').waitFor()

    await go(ada, `/groups/${people.owner.group}/edit`)
    await page.getByRole('radio', { name: /^Only those/ }).check()
    await page.getByText('could become readers').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await reader.page.getByText('Only some members can write here.').waitFor()
    await go(ada, `/groups/${people.owner.group}/members`)
    await row(page, 'Cleo').getByText('reader').waitFor()
    await row(page, 'Ben').getByText('moderator').waitFor()
    await scene.close(reader)
  })

  test('a second super-peer takes over from the first', async () => {
    const { page } = ada
    await people.owner.host.api.known.add({ address: elm.superPeer, name: 'Elm' })
    await go(ada, `/groups/${people.owner.group}/super-peers`)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('checkbox', { name: 'Elm' }).check()
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    const superPeers = page.getByRole('main').getByRole('listitem')
    await superPeers.filter({ hasText: 'Elm' }).getByText('active', { exact: true }).first().waitFor()
    await go(member, `/chats/${ben.group}`)
    await member.page.getByText('2 of 2 super-peers connected').waitFor({ timeout: 60_000 })

    await page.getByRole('button', { name: /^Actions for .?Oak/ }).click()
    await page.getByRole('menuitem', { name: /Remove/ }).click()
    await page.getByRole('dialog').getByText('Members stay').waitFor()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .click()
    await superPeers.filter({ hasText: 'Oak' }).waitFor({ state: 'detached' })
    await member.page.getByText('1 of 1 super-peers connected').waitFor({ timeout: 60_000 })
    await go(ada, `/chats/${people.owner.group}`)
    await say(ada.page, 'Through Elm alone')
    await message(member.page, 'Through Elm alone').waitFor()
  })

  test('statistics have figures, a table and a file', async () => {
    const { page } = ada
    await go(ada, `/groups/${people.owner.group}/statistics`)
    await page.getByRole('heading', { name: 'Super-peers compared' }).waitFor()
    await page.getByRole('button', { name: 'As a table' }).click()
    await page.getByRole('table').first().waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as CSV' }).click()
    const saved = await download
    expect(saved.suggestedFilename()).toMatch(/\.csv$/)
    const file = join(scene.folder, 'statistics.csv')
    await saved.saveAs(file)
    const [head = '', ...lines] = readFileSync(file, 'utf8').split('\r\n').slice(0, -1)
    expect(head.split(',')).toEqual(expect.arrayContaining(['time', 'members', 'messages']))
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line.split(',').length).toBe(head.split(',').length)
  })

  test('a chat can be muted, pinned and put away', async () => {
    const { page } = member
    await go(member, `/groups/${ben.group}`)
    for (const name of [/^Mute/, /^Pin/]) {
      await page.getByRole('switch', { name }).focus()
      await page.keyboard.press('Space')
      await page.getByRole('switch', { name, checked: true }).waitFor()
    }
    const item = page.getByRole('link', { name: /Harbour Gazette.*Muted.*Pinned/ })
    await item.waitFor()
    await page.reload()
    await item.waitFor()
    await page.getByRole('switch', { name: /^Archive/ }).click()
    await item.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Archive' }).click()
    await item.waitFor()
    await page.getByRole('switch', { name: /^Archive/ }).click()
  })

  test('who is removed is out, with all messages', async () => {
    await go(ada, `/groups/${people.owner.group}/members`)
    await choose(ada.page, 'Ben', 'Remove from the group')
    const dialog = ada.page.getByRole('dialog')
    await dialog.getByRole('switch').check()
    await dialog.getByRole('button', { name: /and all messages$/ }).click()
    await row(ada.page, 'Ben').waitFor({ state: 'detached' })
    await go(member, `/chats/${ben.group}`)
    await member.page.getByText('You were removed from this group.').waitFor()
    await go(ada, `/chats/${people.owner.group}`)
    await message(ada.page, 'Through Elm alone').waitFor()
    expect(await ada.page.getByRole('log').getByText('My first words').count()).toBe(0)
  })

  test('one can leave, and a group can end', async () => {
    const cleo = people.members[1]!
    const { page } = await scene.window(cleo.host, `/groups/${cleo.group}`)
    await page.getByRole('button', { name: 'Leave group' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Leave/ })
      .click()
    await page.getByText('You left this group.').waitFor()
    await page.getByText(/^\d of \d active$/).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Remove from this host' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /and its messages$/ })
      .click()
    await page.getByText('No chats yet').waitFor()

    await go(ada, `/groups/${people.owner.group}`)
    await ada.page.getByText('1 member').first().waitFor()
    await ada.page.getByRole('button', { name: 'Delete group' }).click()
    await ada.page
      .getByRole('dialog')
      .getByRole('button', { name: /^Delete/ })
      .click()
    await ada.page.getByRole('button', { name: 'Remove from this host' }).waitFor()
    await expect.poll(() => elm.api.serving.groups({}), { timeout: 30_000 }).toMatchObject([{ status: 'inactive' }])
  })
})
