import type { Locator, Page } from 'playwright-core'

/** More stops than any screen has. */
const STOPS = 80

/** Goes on with Tab until this has the focus. Errors: where Tab does not lead there. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${target}`)
}
