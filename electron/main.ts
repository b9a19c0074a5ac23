import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { app, dialog } from 'electron'
import { renewXdgEntries } from './autostart/xdg.ts'
import { createLinkInbox } from './deep-links.ts'
import { guardPages } from './guard.ts'
import { dataFolder } from './host/data-folder.ts'
import { createLogTail } from './host/log-tail.ts'
import { startHostProcess } from './host/process.ts'
import { accessTo, answers, runningHost } from './host/running.ts'
import { SidecarError, verifySidecar } from './host/sidecar.ts'
import { createSupervisor } from './host/supervisor.ts'
import { onlyInstance } from './instance.ts'
import { announceInterface } from './interface-protocol.ts'
import { launchOf } from './launch.ts'
import { shellPaths } from './paths.ts'
import { offerScheme } from './scheme.ts'
import { type Shell, startShell } from './shell.ts'

/** The launcher reads this line. */
const ANNOUNCEMENT = 'hearth: the window is open\n'
const { env, platform } = process

const chosen = app.commandLine.getSwitchValue('dir')
const folder = chosen === '' ? dataFolder(platform, homedir(), env) : resolve(chosen)
// Beside another data folder stands another window with settings of its own.
app.setPath('userData', chosen === '' ? join(app.getPath('appData'), 'hearth-window') : join(folder, 'window'))
if (platform === 'win32') app.setAppUserModelId('org.hearth.desktop')

announceInterface()
guardPages()
const links = createLinkInbox()
let shell: Shell | undefined
if (onlyInstance({ link: links.add, again: () => shell?.show() })) {
  start().catch((error: unknown) => {
    dialog.showErrorBox('Hearth', error instanceof Error ? error.message : String(error))
    app.exit(1)
  })
} else {
  app.quit()
}

async function start(): Promise<void> {
  await app.whenReady()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const log = createLogTail()
  const paths = shellPaths({
    packaged: app.isPackaged,
    appPath: app.getAppPath(),
    resources: process.resourcesPath,
    platform,
    arch: process.arch,
    developmentNode: env.HEARTH_NODE,
  })
  const { manifest } = paths
  const supervisor = createSupervisor({
    async launch() {
      if (manifest !== undefined) await verifySidecar(paths.sidecar, manifest)
      return startHostProcess(
        {
          node: paths.node,
          main: paths.hostMain,
          folder: paths.hostFolder,
          arguments: ['host', '--json', '--dir', folder],
          env,
          keepCompiled: manifest === undefined,
        },
        log,
      )
    },
    damaged: (error) => error instanceof SidecarError,
    find: () => runningHost(folder),
    access: (url) => accessTo(folder, url),
    answers,
    log,
    timers: {
      now: () => performance.now(),
      after(delay, task) {
        const timer = setTimeout(task, delay)
        return () => clearTimeout(timer)
      },
    },
  })
  const launch = launchOf({
    packaged: app.isPackaged,
    execPath: process.execPath,
    appPath: app.getAppPath(),
    env,
  })
  const configHome = env.XDG_CONFIG_HOME || join(homedir(), '.config')
  const dataHome = env.XDG_DATA_HOME || join(homedir(), '.local', 'share')
  if (env.APPIMAGE !== undefined) renewXdgEntries(configHome, dataHome, launch)
  if (app.isPackaged) offerScheme({ platform, appImage: env.APPIMAGE !== undefined, dataHome, launch })
  shell = await startShell({
    paths,
    supervisor,
    log,
    links,
    autostart: {
      platform,
      flatpak: env.FLATPAK_ID !== undefined,
      configHome,
      launch,
    },
    announce: () => process.stdout.write(ANNOUNCEMENT),
  })
}
