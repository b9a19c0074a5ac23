import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { launchOptions, obtainBrowser } from '../../../build/browser.ts'
import { builtInterface } from '../../../build/built-interface.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser that all files share is reached, or why there is none. */
    readonly browser: { readonly endpoint: string } | { readonly missing: string }
  }
}

/** Once before all end-to-end tests: the interface is built and a browser started. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const browser = obtainBrowser()
  if ('missing' in browser) {
    process.stdout.write(`End-to-end tests are skipped: ${browser.missing}\n`)
    project.provide('browser', browser)
    return undefined
  }
  await builtInterface()
  const server = await chromium.launchServer(launchOptions(browser.path))
  project.provide('browser', { endpoint: server.wsEndpoint() })
  return () => server.close()
}
