import { defineConfig } from 'vitest/config'
import { closingLine } from './test/support/closing-line.ts'

/** Hosts, browsers and their pages share two processors with the tests. */
const E2E_TIMEOUT = 120_000

/** Where real processes race on a machine that others use too, a test that failed is tried again, and said to be. */
const ONCE_MORE = 1

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', closingLine()],
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/network/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'network',
          include: ['test/network/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: ONCE_MORE,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/*.test.ts'],
          globalSetup: 'test/e2e/support/setup.ts',
          testTimeout: E2E_TIMEOUT,
          hookTimeout: E2E_TIMEOUT,
          retry: ONCE_MORE,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
