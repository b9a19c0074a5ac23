import type { Page } from 'playwright-core'
import { act, message } from '../support/talk.ts'
import type { Neighbourhood } from './neighbourhood.ts'
import { at, go, type Scene } from './scene.ts'

async function openNews(page: Page, { groups }: Neighbourhood): Promise<void> {
  await go(page, `/chats/${groups.news}`)
  await message(page, 'Two for us').waitFor()
}

/** Conversations, contacts, and the ways to both. */
export const CHATS: readonly Scene[] = [
  {
    name: 'chats',
    title: 'The list of chats, and a reminder once there is something to lose',
    on: 'ada',
    async prepare(page) {
      await go(page, '/chats')
      await page.getByText('Choose a chat').waitFor()
      await page.getByRole('complementary', { name: 'Reminder' }).waitFor()
    },
  },
  {
    name: 'conversation',
    title: 'A conversation, at the first unread message',
    on: 'ada',
    async prepare(page, there) {
      await page.getByRole('button', { name: 'Remind me in a week' }).click()
      await openNews(page, there)
    },
  },
  {
    name: 'conversation-earlier',
    title: 'Replies, reactions, a long name, another script',
    on: 'ada',
    async prepare(page, there) {
      await openNews(page, there)
      await page.getByRole('log').hover()
      await page.mouse.wheel(0, -560)
      await message(page, 'That’s him').waitFor()
      await page.getByRole('button', { name: 'Newest' }).waitFor()
    },
  },
  {
    name: 'conversation-menu',
    title: 'What one can do with a message',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await openNews(page, there)
      const cleo = message(page, 'I can lend a drill')
      await cleo.hover()
      await cleo.getByRole('button', { name: 'Message actions' }).click()
      await page.getByRole('menuitem').first().waitFor()
    },
  },
  {
    name: 'conversation-search',
    title: 'Search in a conversation',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await openNews(page, there)
      await page.keyboard.press('Control+f')
      await page.getByRole('searchbox', { name: 'Search in this chat' }).fill('the')
      await page.getByRole('search').getByRole('listitem').nth(2).waitFor()
    },
  },
  {
    name: 'message-details',
    title: 'Details of a message of one’s own',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await openNews(page, there)
      await act(page, 'Could I have it tomorrow?', 'Details')
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'message-details-received',
    title: 'Details of a message of somebody else: who delivered it',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await openNews(page, there)
      await act(page, 'Six places', 'Details')
      await page.getByRole('dialog').getByText('Oak').waitFor()
    },
  },
  {
    name: 'chats-search',
    title: 'Search in the list of chats',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await openNews(page, there)
      await go(page, '/chats')
      await page.getByRole('searchbox', { name: 'Search chats' }).fill('har')
      await page.getByRole('link', { name: /Ferry Watch/ }).waitFor({ state: 'detached' })
    },
  },
  {
    name: 'readers',
    title: 'A group where only some may write',
    on: 'ada',
    async prepare(page, there) {
      await go(page, `/chats/${there.groups.ferry}`)
      await message(page, 'will be ten minutes late').waitFor()
    },
  },
  {
    name: 'right-to-left',
    title: 'A group whose name runs the other way',
    on: 'ada',
    async prepare(page, there) {
      await go(page, `/chats/${there.groups.cafe}`)
      await message(page, 'القهوة').waitFor()
    },
  },
  {
    name: 'contact',
    title: 'A conversation of two',
    on: 'ada',
    async prepare(page, there) {
      await go(page, `/contacts/${there.contact}`)
      await message(page, 'Half past eight').waitFor()
    },
  },
  {
    name: 'contact-about',
    title: 'A contact',
    on: 'ada',
    prepare: at(({ contact }) => `/contacts/${contact}/about`, 'Security code'),
  },
  {
    name: 'go-anywhere',
    title: 'Ctrl K goes anywhere',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await openNews(page, there)
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').fill('a')
      await page.getByRole('dialog').getByText('Harbour News').first().waitFor()
    },
  },
  {
    name: 'conversation-reply',
    title: 'Answering, with a name',
    on: 'ada',
    passing: true,
    async prepare(page, there) {
      await openNews(page, there)
      await act(page, 'Children under ten', 'Reply')
      const field = page.getByRole('textbox', { name: /^Message to/ })
      await field.fill('Good to know. ')
      await field.press('End')
      await field.pressSequentially('@Fa')
      await page.getByRole('option').first().waitFor()
    },
  },
  { name: 'invite', title: 'Inviting somebody', on: 'ada', prepare: at('/contacts/invite', 'A link for one person') },
  {
    name: 'invitation',
    title: 'A link for one person',
    on: 'ada',
    async prepare(page) {
      await page.getByRole('button', { name: 'Make a link' }).click()
      await page.getByRole('img', { name: /QR code/ }).waitFor()
    },
  },
  {
    name: 'request',
    title: 'Somebody asks to talk',
    on: 'ada',
    async prepare(page, there) {
      await there.askAda()
      await go(page, '/chats')
      await page.getByRole('region', { name: 'Requests' }).waitFor()
    },
  },
  {
    name: 'connect',
    title: 'The person behind a link',
    on: 'kai',
    async prepare(page, there) {
      await go(page, `/connect?link=${encodeURIComponent(there.adaAddress)}`)
      await page.getByLabel('Say who you are').fill('Hello Ada, it’s Kai from the boat shed. Ben gave me your link.')
    },
  },
  { name: 'join', title: 'Joining: the link', on: 'kai', prepare: at('/join', 'Paste the link') },
  {
    name: 'join-preview',
    title: 'Joining: the group behind the link',
    on: 'kai',
    prepare: at(({ newsLink }) => `/join?link=${encodeURIComponent(newsLink)}`, 'Signed by its owner'),
  },
  {
    name: 'join-progress',
    title: 'Joining: waiting for a super-peer',
    on: 'kai',
    async prepare(page, there) {
      await go(page, `/join?link=${encodeURIComponent(there.lostLink)}`)
      await page.getByRole('button', { name: 'Join', exact: true }).click()
      await page.getByText('You are in as soon as').waitFor()
      await page.getByText(/can’t be reached/).waitFor()
    },
  },
]
