import { at, go, type Scene } from './scene.ts'

/** The first minutes: without a name, without a chat, without a session. */
export const BEGINNINGS: readonly Scene[] = [
  { name: 'welcome', title: 'First run', on: 'newcomer', prepare: at('/welcome', 'Your name') },
  { name: 'restore', title: 'Restoring a backup', on: 'newcomer', prepare: at('/restore', 'Restore') },
  {
    name: 'begin',
    title: 'What to begin with',
    on: 'newcomer',
    async prepare(page) {
      await go(page, '/welcome')
      await page.getByLabel('Your name').fill('Noor')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('How do you want to begin?').waitFor()
    },
  },
  {
    name: 'no-chats',
    title: 'No chats yet',
    on: 'newcomer',
    async prepare(page) {
      await go(page, '/chats')
      await page.getByText('No chats yet').waitFor()
    },
  },
  {
    name: 'serve-off',
    title: 'Serving, before it is on',
    on: 'newcomer',
    prepare: at('/serve', 'Start serving'),
  },
  {
    name: 'signed-out',
    title: 'A browser that is not signed in',
    on: 'stranger',
    async prepare(page, there) {
      await page.goto(new URL('/', await there.ada.signInLink()).href)
      await page.getByText('Sign in to your host').waitFor()
    },
  },
]
