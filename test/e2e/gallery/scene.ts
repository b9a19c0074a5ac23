import type { Page } from 'playwright-core'
import type { Neighbourhood } from './neighbourhood.ts'

/** One picture: what is on the screen, and how to get there. */
export interface Scene {
  readonly name: string
  readonly title: string
  readonly on: 'ada' | 'oak' | 'kai' | 'newcomer' | 'stranger'
  /** Something that comes and goes on a screen that has pictures of its own: two of the four are enough. */
  readonly passing?: boolean
  prepare(page: Page, there: Neighbourhood): Promise<unknown>
}

/** Opens a page of the host. */
export function go(page: Page, path: string): Promise<unknown> {
  return page.goto(new URL(path, page.url()).href)
}

/** A page with its own address, shown when this text is there. */
export function at(path: string | ((there: Neighbourhood) => string), shown: string): Scene['prepare'] {
  return async (page, there) => {
    await go(page, typeof path === 'string' ? path : path(there))
    await page.getByRole('main').getByText(shown).first().waitFor()
  }
}
