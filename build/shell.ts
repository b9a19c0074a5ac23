import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/**
 * Builds the desktop shell into dist/electron: one script for the main process, one for the preload, which may load
 * nothing else inside its sandbox, and the icons.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'dist', 'electron')

export async function buildShell(): Promise<void> {
  mkdirSync(target, { recursive: true })
  for (const name of ['main', 'preload']) await bundle(name)
  rmSync(join(target, 'icons'), { recursive: true, force: true })
  cpSync(join(root, 'electron', 'icons'), join(target, 'icons'), { recursive: true })
}

async function bundle(name: string): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join('electron', `${name}.ts`),
      outDir: target,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        external: ['electron', 'original-fs'],
        output: { format: 'cjs', entryFileNames: `${name}.cjs`, codeSplitting: false },
      },
    },
  })
}

if (import.meta.main) await buildShell()
