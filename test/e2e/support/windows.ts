import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** A window of a person's browser. What its page complains about fails the test. */
export interface Window {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of the page and of its console since the last call. */
  complaints(): string[]
  /** From now on, such a complaint is expected. */
  expect(complaint: RegExp): void
}

const VIEW: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  timezoneId: 'Europe/Berlin',
  colorScheme: 'light',
  reducedMotion: 'reduce',
}

/** A window in a browser profile of its own. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({ ...VIEW, permissions: ['clipboard-read', 'clipboard-write'], ...options })
  return windowIn(context)
}

/** One more window of the same browser profile. */
export async function windowIn(context: BrowserContext): Promise<Window> {
  const page = await context.newPage()
  const expected: RegExp[] = []
  let heard: string[] = []
  function hear(text: string): void {
    if (!expected.some((complaint) => complaint.test(text))) heard.push(text)
  }
  page.on('pageerror', (error) => hear(`${error.name}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') hear(`${message.text()} (${message.location().url})`)
  })
  page.on('crash', () => hear('the page crashed'))
  return {
    page,
    context,
    complaints() {
      const said = heard
      heard = []
      return said
    },
    expect: (complaint) => void expected.push(complaint),
  }
}

/** What a browser says when a host is away. */
export const HOST_AWAY = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to/
