import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layOutSidecar, writeSidecarManifest } from '../../build/packaging/sidecar.ts'
import { createLogTail } from '../../electron/host/log-tail.ts'
import { startHostProcess } from '../../electron/host/process.ts'
import { answers } from '../../electron/host/running.ts'
import { filesOf, verifySidecar } from '../../electron/host/sidecar.ts'
import { nodePackage, shellPaths } from '../../electron/paths.ts'

/** What a package ships besides the shell, laid out as at packaging and run from there. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const { platform, arch } = process
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-sidecar-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.runIf(nodePackage(platform, arch) !== undefined)('a packaged host runs from its own files alone', async () => {
  const resources = join(folder, 'resources')
  const paths = shellPaths({
    packaged: true,
    appPath: join(folder, 'app'),
    resources,
    platform,
    arch,
    developmentNode: undefined,
  })
  const manifest = join(folder, 'sidecar.json')
  layOutSidecar(ROOT, paths.sidecar, { platform, arch })
  await writeSidecarManifest(paths.sidecar, manifest)
  await verifySidecar(paths.sidecar, manifest)
  const files = await filesOf(paths.sidecar)
  expect(files).toContain('hearth/core/host/cli/main.ts')
  expect(files.filter((path) => /node_modules\/(vite|electron|typescript|playwright-core)\//.test(path))).toEqual([])

  const log = createLogTail()
  const data = join(folder, 'data')
  const host = startHostProcess(
    {
      node: paths.node,
      main: paths.hostMain,
      folder: paths.hostFolder,
      arguments: ['host', '--json', '--dir', data],
      env: {},
      keepCompiled: false,
    },
    log,
  )
  const address = await Promise.race([host.ready, host.exit.then(() => Promise.reject(new Error(log.text())))])
  expect(await answers(address)).toBe(true)
  await host.stop()
  // Running must not change what is verified at the next start, whoever runs it.
  execFileSync(paths.node, [paths.hostMain, 'config'], { env: {} })
  await verifySidecar(paths.sidecar, manifest)

  appendFileSync(paths.hostMain, '\n')
  await expect(verifySidecar(paths.sidecar, manifest)).rejects.toThrow('was changed')
})
