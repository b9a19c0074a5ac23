import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dataFolder } from '../../../core/host/cli/data-folder.ts'
import { serviceFlags } from '../../../core/host/cli/service.ts'
import { launchdPlist } from '../../../core/host/service/launchd.ts'
import { perform } from '../../../core/host/service/perform.ts'
import { type Machine, planInstall, planUninstall, type ServiceRequest } from '../../../core/host/service/plan.ts'
import type { ServiceSpec } from '../../../core/host/service/spec.ts'
import { systemdUnit } from '../../../core/host/service/systemd.ts'
import { winswConfiguration } from '../../../core/host/service/winsw.ts'
import { dataFolder as shellDataFolder } from '../../../electron/host/data-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-service-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const SPEC: ServiceSpec = {
  scope: 'system',
  node: process.execPath,
  main: '/opt/hearth/core/host/cli/main.ts',
  root: '/opt/hearth',
  folder: '/var/lib/hearth',
  flags: ['--super-peer', 'Oak & "Elm" 100% $HOME', '--port', '8080'],
  account: undefined,
}

describe('systemd', () => {
  const verifies = spawnSync('systemd-analyze', ['--version']).status === 0

  test.runIf(verifies).each(['system', 'user'] as const)(
    'systemd finds no fault with the unit of scope %s',
    (scope) => {
      const path = join(folder, 'hearth.service')
      writeFileSync(path, systemdUnit({ ...SPEC, scope }))
      const { stderr } = spawnSync('systemd-analyze', ['verify', `--${scope}`, path], { encoding: 'utf8' })
      // Without a running systemd it complains about the machine; every complaint about the unit names it.
      expect(stderr.split('\n').filter((line) => line.includes('hearth.service'))).toEqual([])
    },
  )

  test('arguments arrive as they are', () => {
    expect(systemdUnit(SPEC)).toContain(String.raw`--super-peer "Oak & \"Elm\" 100%% $$HOME" --port 8080`)
  })

  test('a system service has an account made for it and sees nothing but its state', () => {
    const unit = systemdUnit(SPEC)
    for (const line of ['DynamicUser=yes', 'StateDirectory=hearth', 'ProtectSystem=strict', 'ProtectHome=yes']) {
      expect(unit).toContain(`\n${line}\n`)
    }
    expect(unit).toContain('\nRestartPreventExitStatus=65 78\n')
    const own = systemdUnit({ ...SPEC, folder: '/home/ada/hearth data', account: 'ada' })
    expect(own).toContain('\nUser=ada\nReadWritePaths="/home/ada/hearth data"\n')
    expect(own).toContain('\nProtectHome=read-only\n')
    expect(own).not.toContain('DynamicUser')
  })

  test('a person’s service needs no rights', () => {
    const unit = systemdUnit({ ...SPEC, scope: 'user' })
    expect(unit).not.toMatch(/DynamicUser|ProtectSystem|multi-user/)
    expect(unit).toContain('WantedBy=default.target')
  })
})

describe('XML of the others', () => {
  /** Enough of a parser to find out whether the text is well formed, and what the elements say. */
  function wellFormed(text: string): string[] {
    const open: string[] = []
    const texts: string[] = []
    for (const [, close, name, empty, said] of text.matchAll(/<(?![?!])(\/)?(\w+)[^<>]*?(\/)?>([^<]*)/g)) {
      if (close !== undefined) expect(open.pop()).toBe(name)
      else if (empty === undefined) open.push(name ?? '')
      if (said?.trim()) texts.push(said.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))))
    }
    expect(open).toEqual([])
    expect(text.replace(/&#\d+;/g, '')).not.toContain('&')
    return texts
  }

  test('launchd', () => {
    const texts = wellFormed(launchdPlist({ ...SPEC, account: 'ada' }))
    expect(texts).toContain('Oak & "Elm" 100% $HOME')
    expect(texts).toContain('log.file=/var/lib/hearth/host.log')
    expect(texts).toContain('ada')
  })

  test('WinSW', () => {
    const texts = wellFormed(
      winswConfiguration({ ...SPEC, node: 'C:\\Program Files\\Hearth\\node.exe', folder: 'C:\\Data\\' }),
    )
    expect(texts).toContain('C:\\Program Files\\Hearth\\node.exe')
    expect(texts.some((text) => text.includes('--super-peer "Oak & \\"Elm\\" 100% $HOME"'))).toBe(true)
  })
})

describe('plans', () => {
  const linux: Machine = { platform: 'linux', home: '/home/ada', userId: 1000, env: {} }
  const request: ServiceRequest = {
    scope: 'user',
    folder: undefined,
    flags: [],
    node: '/node',
    main: '/main.ts',
    root: '/opt/hearth',
    ownFolder: '/home/ada/.local/share/hearth',
  }

  test('Linux, a person', () => {
    const plan = planInstall(linux, request)
    expect(plan.files.map(({ path }) => path)).toEqual(['/home/ada/.config/systemd/user/hearth.service'])
    expect(plan.files[0]?.text).toContain('--dir /home/ada/.local/share/hearth')
    expect(plan.commands.map(({ command }) => command.join(' '))).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user enable hearth.service',
      'systemctl --user restart hearth.service',
    ])
    expect(planUninstall(linux, request).remove).toEqual(plan.files.map(({ path }) => path))
  })

  test('Linux, the system', () => {
    const root = { ...linux, userId: 0, env: { SUDO_USER: 'ada' } }
    const plan = planInstall(root, { ...request, scope: 'system' })
    expect(plan.files[0]?.path).toBe('/etc/systemd/system/hearth.service')
    expect(plan.files[0]?.text).toContain('--dir /var/lib/hearth')
    expect(plan.folders).toEqual([])
    const chosen = planInstall(root, { ...request, scope: 'system', folder: '/srv/hearth' })
    expect(chosen.files[0]?.text).toContain('User=ada')
    expect(chosen).toMatchObject({ folders: ['/srv/hearth'], owner: 'ada' })
  })

  test('Linux, the system, with a program that only its owner can read', () => {
    const root = { ...linux, userId: 0, env: { SUDO_USER: 'ada' } }
    const plan = planInstall(root, { ...request, scope: 'system', root: '/home/ada/hearth' })
    expect(plan.files[0]?.text).toContain('\nUser=ada\nStateDirectory=hearth\n')
    expect(plan.files[0]?.text).not.toContain('DynamicUser')
    expect(plan.folders).toEqual([])
  })

  test('macOS and Windows', () => {
    const mac = planInstall({ ...linux, platform: 'darwin', home: '/Users/ada', userId: 501 }, request)
    expect(mac.files[0]?.path).toBe('/Users/ada/Library/LaunchAgents/org.hearth.host.plist')
    expect(mac.commands.at(-1)?.command).toContain('gui/501')
    const windows = planInstall({ ...linux, platform: 'win32', userId: undefined }, { ...request, folder: 'C:\\D' })
    expect(windows.files[0]?.path).toBe('C:\\D\\hearth-service.xml')
    expect(windows.commands).toEqual([])
    expect(windows.notes.join('\n')).toContain('winsw install "C:\\D\\hearth-service.xml"')
  })

  test('the system’s services are made by root, and not on systems we do not know', () => {
    expect(() => planInstall(linux, { ...request, scope: 'system' })).toThrow('sudo')
    expect(() => planInstall({ ...linux, platform: 'aix' }, request)).toThrow('not known')
  })

  test('are carried out step by step, and said', async () => {
    const path = join(folder, 'units', 'hearth.service')
    const lines: string[] = []
    const plan = {
      folders: [join(folder, 'data')],
      files: [{ path, text: 'unit' }],
      commands: [{ command: ['false'], optional: true }, { command: ['touch', join(folder, 'ran')] }],
      remove: [],
      notes: ['done'],
    } as const
    await perform(plan, (line) => lines.push(line))
    expect(readFileSync(path, 'utf8')).toBe('unit')
    expect(existsSync(join(folder, 'ran'))).toBe(true)
    expect(lines).toEqual([`writes ${path}`, 'runs false', `runs touch ${join(folder, 'ran')}`, 'done'])
    await perform({ ...plan, files: [], commands: [], remove: [path] }, () => {})
    expect(existsSync(path)).toBe(false)
    const failing = { ...plan, commands: [{ command: ['ls', join(folder, 'gone')] }] } as const
    await expect(perform(failing, () => {})).rejects.toThrow(/^ls .*gone.*:/s)
  })

  test('give the folders that they make to whom the service runs as, and no others', async () => {
    const nobody = { folders: [join(folder, 'a', 'b')], owner: 'no such account', files: [], commands: [], remove: [] }
    await expect(perform({ ...nobody, notes: [] }, () => {})).rejects.toThrow('no such account')
    await perform({ ...nobody, notes: [] }, () => {})
  })
})

test('the service runs with the options that were given', () => {
  expect(
    serviceFlags({
      dir: '/d',
      router: ['smp://a', 'smp://b'],
      embeddedRouter: true,
      superPeer: 'Oak',
      port: 0,
      set: ['log.level=debug'],
      installService: true,
    }),
  ).toEqual([
    '--router',
    'smp://a',
    '--router',
    'smp://b',
    '--embedded-router',
    '--super-peer',
    'Oak',
    '--port',
    '0',
    '--set',
    'log.level=debug',
  ])
})

test('the window and the command line use the same folder', () => {
  expect(shellDataFolder(process.platform, homedir(), process.env)).toBe(dataFolder())
  expect(shellDataFolder('win32', 'C:\\Users\\ada', { LOCALAPPDATA: 'C:\\Local' })).toContain('Hearth')
})

test('a service needs no --dir, a host does', () => {
  const main = new URL('../../../core/host/cli/main.ts', import.meta.url).pathname
  expect(() => execFileSync(process.execPath, [main, 'host'], { stdio: 'pipe' })).toThrow('needs --dir')
})
