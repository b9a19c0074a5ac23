import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { launchOptions, obtainBrowser } from '../../../build/browser.ts'
import { interfaceOutdated } from '../../../core/host/cli/interface.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser that all files share is reached, or why there is none. */
    readonly browser: { readonly endpoint: string } | { readonly missing: string }
  }
}

const BUILD = fileURLToPath(new URL('../../../build/interface.ts', import.meta.url))

/** Once before all end-to-end tests: the interface is built and a browser started. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const browser = obtainBrowser()
  if ('missing' in browser) {
    process.stdout.write(`End-to-end tests are skipped: ${browser.missing}\n`)
    project.provide('browser', browser)
    return undefined
  }
  if (interfaceOutdated()) await build()
  const server = await chromium.launchServer(launchOptions(browser.path))
  project.provide('browser', { endpoint: server.wsEndpoint() })
  return () => server.close()
}

async function build(): Promise<void> {
  const child = spawn(process.execPath, [BUILD], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('the interface could not be built: npm run build')
}
