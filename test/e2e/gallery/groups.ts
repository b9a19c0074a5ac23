import type { Neighbourhood } from './neighbourhood.ts'
import { at, go, type Scene } from './scene.ts'

const news =
  (page: string) =>
  ({ groups }: Neighbourhood) =>
    `/groups/${groups.news}${page}`

/** The owner's group and its pages, then a new one. */
export const GROUPS: readonly Scene[] = [
  { name: 'group', title: 'A group', on: 'ada', prepare: at(news(''), 'Conversation') },
  {
    name: 'group-link',
    title: 'The link of a group, and what its owner decides',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await go(page, news('')(there))
      await page.getByRole('button', { name: 'Delete group' }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'delete-group',
    title: 'Before a group is deleted',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await go(page, news('')(there))
      await page.getByRole('button', { name: 'Delete group' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'members', title: 'Its members', on: 'ada', prepare: at(news('/members'), 'Farid') },
  {
    name: 'remove-member',
    title: 'Before a member is removed',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await go(page, news('/members')(there))
      await page.getByRole('button', { name: /^Actions for .?Dilan/ }).click()
      await page.getByRole('menuitem', { name: 'Remove from the group' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'group-super-peers',
    title: 'Its super-peers, one of them silent',
    on: 'ada',
    prepare: at(news('/super-peers'), 'Pine'),
  },
  {
    name: 'add-super-peers',
    title: 'Adding super-peers',
    on: 'ada',
    prepare: at(news('/super-peers/add'), 'Tidewater'),
  },
  {
    name: 'statistics',
    title: 'Statistics of a group',
    on: 'ada',
    async prepare(page, there) {
      await go(page, news('/statistics')(there))
      await page
        .getByRole('button', { name: '30 days' })
        .or(page.getByRole('radio', { name: '30 days' }))
        .click()
      await page.locator('canvas').waitFor()
    },
  },
  {
    name: 'statistics-compared',
    title: 'Super-peers compared',
    on: 'ada',
    passing: true,
    async prepare(page) {
      await page.locator('canvas').waitFor()
      await page.getByRole('table').last().scrollIntoViewIfNeeded()
    },
  },
  { name: 'edit-group', title: 'Changing a group', on: 'ada', prepare: at(news('/edit'), 'Save') },
  {
    name: 'create-about',
    title: 'Creating a group: what it is',
    on: 'ada',
    async prepare(page) {
      await go(page, '/groups/new')
      await page.getByLabel('Name', { exact: true }).fill('Night Ferry')
      await page.getByLabel('Description').fill('For those who are on the water after dark.')
    },
  },
  {
    name: 'create-super-peers',
    title: 'Creating a group: who passes its messages on',
    on: 'ada',
    async prepare(page) {
      await go(page, '/groups/new/super-peers')
      for (const preset of await page.getByRole('region', { name: 'SimpleX Chat' }).getByRole('checkbox').all()) {
        await preset.uncheck()
      }
      await page.getByRole('checkbox', { name: 'Pine' }).uncheck()
      for (const name of ['Birch', 'Oak', 'Elm']) await page.getByRole('checkbox', { name }).check()
      await page.getByText('Super-peers are always-on computers').scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'create-progress',
    title: 'Creating a group: one is active, one waits for its person, one is gone',
    on: 'ada',
    async prepare(page) {
      await go(page, '/groups/new/super-peers')
      await page.getByRole('button', { name: 'Create group' }).click()
      await page.getByText('active', { exact: true }).first().waitFor()
      await page.getByText('failed', { exact: true }).first().waitFor()
    },
  },
  {
    name: 'create-share',
    title: 'Creating a group: its link',
    on: 'ada',
    async prepare(page) {
      await page.getByRole('button', { name: 'Open group' }).click()
      await page.getByRole('button', { name: 'Copy link' }).waitFor()
    },
  },
]
