import type { Reporter } from 'vitest/node'

/** The last line of a test run, for people and scripts: `N passed, M failed, K skipped`. */
export function closingLine(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
      for (const module of modules) {
        const tests = [...module.children.allTests()]
        for (const test of tests) {
          const { state } = test.result()
          if (state !== 'pending') count[state] += 1
        }
        if (module.errors().length > 0) count.failed += 1
      }
      process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
    },
  }
}
