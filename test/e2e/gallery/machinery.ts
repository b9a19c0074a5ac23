import type { Page } from 'playwright-core'
import { at, go, type Scene } from './scene.ts'

const settings = (section: string, shown: string) => at(`/settings/${section}`, shown)

/** Scrolls until this heading is at the top. */
function atHeading(page: Page, name: string): Promise<unknown> {
  const heading = page.getByRole('heading', { name, exact: true })
  return heading.evaluate((element: unknown) => (element as { scrollIntoView(): void }).scrollIntoView())
}

/** Rates need two samples. */
function ratesAreKnown(page: Page): Promise<unknown> {
  return page.getByText('–', { exact: true }).first().waitFor({ state: 'detached' })
}

/** Super-peers, serving, settings. */
export const MACHINERY: readonly Scene[] = [
  {
    name: 'super-peers',
    title: 'Super-peers one can choose',
    on: 'ada',
    prepare: at('/super-peers', 'Tidewater'),
  },
  {
    name: 'super-peers-own',
    title: 'Super-peers of one’s own',
    on: 'ada',
    passing: true,
    async prepare(page) {
      await go(page, '/super-peers')
      await page.getByText('Birch').first().scrollIntoViewIfNeeded()
      await page.getByRole('button', { name: /^Actions for .?Pine/ }).click()
      await page.getByRole('menuitem').first().waitFor()
    },
  },
  {
    name: 'super-peer-found',
    title: 'A super-peer that answered its test',
    on: 'kai',
    async prepare(page, there) {
      await go(page, '/super-peers/new')
      await page.getByLabel('Address').fill(there.elmAddress)
      await page.getByRole('button', { name: 'Test', exact: true }).click()
      await page.getByRole('form', { name: 'Super-peer found' }).waitFor()
    },
  },
  {
    name: 'serve',
    title: 'Serving groups, three more invited',
    on: 'oak',
    prepare: at('/serve', 'Lighthouse Keepers'),
  },
  {
    name: 'serve-groups',
    title: 'Served groups',
    on: 'oak',
    passing: true,
    async prepare(page) {
      await go(page, '/serve')
      await page.getByText('Ferry Watch').first().waitFor()
      await ratesAreKnown(page)
      await atHeading(page, 'Groups you serve')
    },
  },
  {
    name: 'serve-live',
    title: 'Serving groups: right now',
    on: 'oak',
    passing: true,
    async prepare(page, there) {
      await there.oak.api.host.setSettings({ values: { 'superPeer.uplink': 40 } })
      await go(page, '/serve')
      await page
        .getByText('all take messages')
        .or(page.getByText(/away, kept/))
        .first()
        .waitFor()
      await page.getByText(/takes about/).waitFor()
      await ratesAreKnown(page)
      await atHeading(page, 'Right now')
    },
  },
  {
    name: 'serve-sees',
    title: 'What a super-peer sees',
    on: 'oak',
    passing: true,
    async prepare(page) {
      await atHeading(page, 'What a super-peer sees')
    },
  },
  {
    name: 'serve-group',
    title: 'One served group',
    on: 'oak',
    async prepare(page) {
      await go(page, '/serve')
      await page.getByRole('link', { name: /Harbour News/ }).click()
      await page.getByText('Served since').waitFor()
    },
  },
  { name: 'serve-limits', title: 'Limits of a super-peer', on: 'oak', prepare: at('/serve/limits', 'Days of history') },
  {
    name: 'serve-identity',
    title: 'Name and picture of a super-peer',
    on: 'oak',
    prepare: at('/serve/identity', 'Name of your super-peer'),
  },
  {
    name: 'serve-stop',
    title: 'Before serving stops',
    on: 'oak',
    passing: true,
    async prepare(page) {
      await go(page, '/serve')
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menuitem').last().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'settings',
    title: 'Settings',
    on: 'ada',
    passing: true,
    async prepare(page) {
      await go(page, '/settings')
      await page.getByRole('link', { name: 'Signed-in browsers' }).waitFor()
    },
  },
  { name: 'profile', title: 'Settings: profile', on: 'ada', prepare: settings('profile', 'Your name') },
  {
    name: 'notifications',
    title: 'Settings: notifications',
    on: 'ada',
    prepare: settings('notifications', 'New messages'),
  },
  { name: 'appearance', title: 'Settings: appearance', on: 'ada', prepare: settings('appearance', 'Text size') },
  { name: 'language', title: 'Settings: language', on: 'ada', prepare: settings('language', 'Deutsch') },
  {
    name: 'backup',
    title: 'Settings: backup',
    on: 'ada',
    async prepare(page) {
      await go(page, '/settings/backup')
      await page.getByLabel('Passphrase for backups').fill('lamp otter seven harbour quilt')
      await page.getByLabel('The same once more').fill('lamp otter seven harbour quilt')
    },
  },
  {
    name: 'backup-made',
    title: 'A backup that was made and checked',
    on: 'ada',
    async prepare(page) {
      await page.getByRole('button', { name: 'Set passphrase' }).click()
      await page.getByRole('button', { name: 'Back up now' }).click()
      await page.getByText('Made and checked').waitFor({ timeout: 120_000 })
    },
  },
  { name: 'storage', title: 'Settings: storage', on: 'ada', prepare: settings('storage', 'Database') },
  { name: 'routers', title: 'Settings: routers', on: 'ada', prepare: settings('routers', 'In use') },
  { name: 'browsers', title: 'Settings: signed-in browsers', on: 'ada', prepare: settings('browsers', 'This browser') },
  { name: 'diagnostics', title: 'Settings: diagnostics', on: 'ada', prepare: settings('diagnostics', 'Report') },
  { name: 'about', title: 'Settings: about', on: 'ada', prepare: settings('about', 'Work of others') },
  {
    name: 'host-away',
    title: 'The host does not answer',
    on: 'kai',
    async prepare(page, there) {
      await go(page, '/chats')
      await page.getByRole('heading', { name: 'Chats' }).waitFor()
      await there.kai.kill()
      await page.getByText('Your host does not answer').waitFor()
    },
  },
]
