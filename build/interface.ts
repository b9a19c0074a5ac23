import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/**
 * Builds the interface into dist/renderer. It is built beside and put in place as a whole: a running host never serves
 * half of it, and two builds at the same time do not mix.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'dist', 'renderer')
const fresh = `${target}.${process.pid}`
const old = `${fresh}.old`

// The environment of a test run or of development would build another interface.
process.env.NODE_ENV = 'production'
mkdirSync(dirname(target), { recursive: true })
try {
  await build({
    configFile: join(root, 'renderer', 'vite.config.ts'),
    build: { outDir: fresh },
    logLevel: 'warn',
  })
  rename(target, old)
  rename(fresh, target)
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
}

/** What another build has just taken away or put there stays so: it is as new. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) throw error
  }
}
