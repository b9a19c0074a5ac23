import type { Locator, Page } from 'playwright-core'

/** Writes and sends; `shown` is what it looks like. */
export async function say(page: Page, text: string, shown = text): Promise<void> {
  const field = page.getByRole('textbox', { name: /^Message to/ })
  await field.fill(text)
  await field.press('Enter')
  await message(page, shown).waitFor()
}

/** The message that says this; a quote does not count. */
export function message(page: Page, text: string): Locator {
  const said = page.locator('[dir=auto]:not(blockquote), em').filter({ hasText: text })
  return page.getByRole('log').getByRole('article').filter({ has: said })
}

/** Chooses from the menu of a message. */
export async function act(page: Page, text: string, action: string): Promise<void> {
  await message(page, text).hover()
  await message(page, text).getByRole('button', { name: 'Message actions' }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** The texts of the messages that are on the screen, in their order. */
export function texts(page: Page): Promise<string[]> {
  return page.getByRole('log').getByRole('article').locator('[dir=auto]:not(blockquote)').allTextContents()
}
