import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hearth, npmStart } from '../support/processes.ts'
import { e2e, stage } from './support/stage.ts'

/** What somebody does who has never heard of it: starts it, follows the link, has a group that others read. */
e2e('from nothing to a message that somebody else reads', () => {
  const { folder, blank, onEnd } = stage()

  test('three machines: an owner, a super-peer, a member', async () => {
    const superPeer = hearth('host', '--dir', join(folder, 'oak'), '--super-peer', 'Oak')
    onEnd(() => superPeer.kill())
    const ownerHost = npmStart('--dir', join(folder, 'ada'))
    onEnd(() => ownerHost.kill())
    const link = (await ownerHost.line((line) => line.includes('#sign-in='))).trim()
    const superPeerLine = await superPeer.line((line) => line.includes('has the address'))
    const address = superPeerLine.split(' ').at(-1) ?? ''

    const { page: owner } = await blank()
    await owner.goto(link)
    expect(await owner.title()).toBe('Hearth')
    await owner.getByLabel('Your name').fill('Ada Lovelace')
    await owner.getByRole('button', { name: 'Continue' }).click()
    await owner.getByRole('button', { name: 'Create a group' }).click()

    await owner.getByLabel('Name', { exact: true }).fill('Harbour News')
    await owner.getByLabel('Description').fill('What happens between the two piers.')
    await owner.getByRole('button', { name: 'Next' }).click()

    await owner.getByRole('button', { name: 'Add by address' }).click()
    await owner.getByLabel('Address').fill(address)
    await owner.getByRole('button', { name: 'Test', exact: true }).click()
    const found = owner.getByRole('form', { name: 'Super-peer found' })
    await found.getByText('Oak', { exact: true }).waitFor()
    await found.getByRole('button', { name: 'Add to your list' }).click()
    const oak = owner.getByRole('checkbox', { name: 'Oak' })
    await oak.waitFor()
    expect(await oak.isChecked()).toBe(true)
    const suggested = owner.getByRole('region', { name: 'SimpleX Chat' }).getByRole('checkbox', { checked: true })
    while ((await suggested.count()) > 0) await suggested.first().uncheck()
    await owner.getByRole('button', { name: 'Create group' }).click()

    await owner.getByRole('button', { name: 'Open group' }).click()
    const groupLink = (await owner.locator('code').first().textContent()) ?? ''
    expect(groupLink).toMatch(/^https:/)
    await owner.getByRole('button', { name: 'Open conversation' }).click()
    await owner.getByRole('textbox', { name: 'Message to Harbour News' }).fill('The ferry is late today')
    await owner.keyboard.press('Enter')
    await owner.getByRole('log').getByText('The ferry is late today').waitFor()

    const memberHost = npmStart('--dir', join(folder, 'ben'))
    onEnd(() => memberHost.kill())
    const memberLink = (await memberHost.line((line) => line.includes('#sign-in='))).trim()
    const { page: member } = await blank()
    await member.goto(memberLink)
    await member.getByLabel('Your name').fill('Ben')
    await member.getByRole('button', { name: 'Continue' }).click()
    await member.getByRole('button', { name: 'Join a group' }).click()
    await member.getByRole('textbox', { name: 'Link' }).fill(groupLink)
    await member.getByRole('button', { name: 'Next' }).click()
    await member.getByRole('heading', { name: 'Harbour News' }).waitFor()
    await member.getByText('Signed by its owner').waitFor()
    await member.getByRole('button', { name: 'Join', exact: true }).click()
    await member.getByRole('log').getByText('The ferry is late today').waitFor()
  })
})
