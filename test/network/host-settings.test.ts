import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import { type ConnectedHost, connectToFolder, hostError } from '../../core/host/client.ts'
import { type RunningHost, startHost } from '../../core/host/host.ts'
import { startRouter } from '../../core/router/server.ts'
import { formatRouterAddress } from '../../core/smp/address.ts'
import { scratch } from '../support/agents.ts'
import { hearth } from '../support/processes.ts'

/** What the screens for settings ask of a host: its limits, routers, a new start, diagnostics. */

const cleanups: (() => Promise<unknown> | unknown)[] = []
let folder: ReturnType<typeof scratch>

beforeEach(() => {
  folder = scratch()
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  folder.remove()
})

async function run(
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly host: RunningHost; readonly api: ConnectedHost['api'] }> {
  const dir = join(folder.path, 'host')
  const host = await startHost({ folder: dir, overrides: { 'log.level': 'silent', ...overrides } })
  cleanups.push(() => host.stop())
  const { api, close } = await connectToFolder(dir)
  cleanups.push(close)
  return { host, api }
}

describe('settings', () => {
  test('come with what may be chosen and what the command line has decided', async () => {
    const { api } = await run({ 'router.enabled': true })
    const view = await api.host.settings({})
    expect(view.fixed).toEqual(['log.level', 'router.enabled'])
    expect(view.ranges['superPeer.maxMembers']).toEqual({ min: 1, max: 10_000_000 })
    expect(view.ranges).not.toHaveProperty('routers')
    expect(view.defaults).toMatchObject({ 'router.enabled': false, 'superPeer.uplink': 0 })
    const changed = await api.host.setSettings({ values: { 'superPeer.uplink': 12.5 } })
    expect(changed).toMatchObject({ values: { 'superPeer.uplink': 12.5 }, waitingForRestart: [] })
  })
})

describe('testing a router', () => {
  async function router(basicAuth?: string) {
    const running = await startRouter(realEnv({ log: silentLog }), {
      dir: join(folder.path, 'router'),
      port: 0,
      listen: '127.0.0.1',
      host: '127.0.0.1',
      algorithm: 'Ed25519',
      ...(basicAuth === undefined ? {} : { basicAuth }),
    })
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => {
      stopped ??= running.stop()
      return stopped
    }
    cleanups.push(stop)
    return { address: running.address, stop }
  }

  test('says how long it takes to answer', async () => {
    const { api } = await run()
    const { address } = await router()
    const { roundTrip } = await api.routers.test({ address: formatRouterAddress(address) })
    expect(roundTrip).toBeGreaterThan(0)
  })

  test('fails with another fingerprint, a wrong address, and where nobody listens', async () => {
    const { api } = await run()
    const running = await router()
    const { address } = running
    const fails = (text: string) => api.routers.test({ address: text }).then(() => 'passed', hostError)
    const other = formatRouterAddress({ ...address, keyHash: new Uint8Array(32) })
    expect(await fails(other)).toMatchObject({ temporary: false })
    expect(await fails('smp://nothing')).toMatchObject({ kind: 'usage', code: 'router-address' })
    await running.stop()
    expect(await fails(formatRouterAddress(address))).toMatchObject({ kind: 'network', temporary: true })
  })
})

describe('presets', () => {
  test('name the operator of every router that can be chosen', async () => {
    const { api } = await run()
    const presets = await api.routers.presets({})
    expect(presets.length).toBeGreaterThan(0)
    for (const { operator, address } of presets) {
      expect(operator).not.toBe('')
      expect(address).toMatch(/^smp:\/\//)
    }
  })
})

describe('diagnostics', () => {
  test('say what there is and give nothing away', async () => {
    const { host, api } = await run({ 'router.enabled': true })
    await api.host.setSettings({ values: { 'router.host': 'home.example', 'superPeer.maxGroups': 7 } })
    host.log.warn('slow', { link: 'https://smp.example/g#Fp5RWXkiRFg-hgcDwC2v-MWnPfvEf42RgCqREntW0mw', queue: 3 })
    await expect(api.groups.get({ group: 7 })).rejects.toThrow('no such group')
    const found = await api.host.diagnostics({})
    expect(found.warnings.map(({ event }) => event)).not.toContain('api-failed')
    expect(found.changedSettings).toEqual({
      'log.level': 'given',
      'router.enabled': 'true',
      'router.host': 'given',
      'superPeer.maxGroups': '7',
    })
    expect(found.waitingForRestart).toEqual(['router.host', 'superPeer.maxGroups'])
    expect(found.warnings.at(-1)).toMatchObject({
      level: 'warn',
      event: 'slow',
      fields: { link: '[withheld]', queue: 3 },
    })
    expect(found.status.processor.used).toBeGreaterThan(0)
    expect(JSON.stringify(found)).not.toContain('home.example')
  })
})

describe('a new start', () => {
  test('takes over what waited for it; port, token and sessions stay', async () => {
    const dir = join(folder.path, 'host')
    const running = hearth('host', '--dir', dir, '--embedded-router', '--json', '--log-level', 'silent')
    cleanups.push(() => running.kill())
    const { api: url } = JSON.parse(await running.line()) as { api: string }
    const before = await connectToFolder(dir)
    await before.api.host.setSettings({ values: { 'superPeer.maxGroups': 7 } })
    const { startedAt } = await before.api.host.status({})
    await before.api.host.restart({})
    await before.closed
    await expect
      .poll(async () => {
        const after = await connectToFolder(dir)
        const [status, settings] = [await after.api.host.status({}), await after.api.host.settings({})]
        after.close()
        return { later: status.startedAt > startedAt, waiting: settings.waitingForRestart }
      })
      .toEqual({ later: true, waiting: [] })
    const stopping = hearth('ctl', '--dir', dir, 'stop')
    expect((await stopping.exit).code).toBe(0)
    expect((await running.exit).code).toBe(0)
    expect(running.lines).toHaveLength(1)
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/)
  })
})
