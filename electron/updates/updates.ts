import type { AppUpdater } from 'electron-updater'
import type { ReleaseSource } from './release.ts'

/** Looks for newer versions, fetches them in the background and installs them when the program ends. */
export interface Updates {
  check(): void
  /** Installs what was fetched and starts again; the host must have stopped. False where nothing was fetched. */
  install(): boolean
}

const FIRST_LOOK = 60_000
const DAY = 86_400_000

/** Nothing where this build does not update itself. */
export async function startUpdates(
  source: ReleaseSource | undefined,
  ready: (version: string) => void,
  failed: (reason: string) => void,
): Promise<Updates | undefined> {
  if (source === undefined) return undefined
  const [{ autoUpdater }, { SignedProvider }] = await Promise.all([
    import('electron-updater'),
    import('./signed-provider.ts'),
  ])
  let fetched = false
  configure(autoUpdater)
  autoUpdater.setFeedURL({ provider: 'custom', updateProvider: SignedProvider, ...source } as Parameters<
    AppUpdater['setFeedURL']
  >[0])
  autoUpdater.on('update-downloaded', ({ version }) => {
    fetched = true
    ready(version)
  })
  autoUpdater.on('error', ({ message }) => failed(message))
  function check(): void {
    // What goes wrong arrives as an event.
    autoUpdater.checkForUpdates().catch(() => {})
  }
  setTimeout(check, FIRST_LOOK).unref()
  setInterval(check, DAY).unref()
  return {
    check,
    install() {
      if (fetched) autoUpdater.quitAndInstall()
      return fetched
    },
  }
}

/** Only forward: an older program cannot open the database that a newer one has brought up to date. */
function configure(updater: AppUpdater): void {
  updater.logger = null
  updater.autoDownload = true
  updater.autoInstallOnAppQuit = true
  updater.allowPrerelease = false
  updater.disableWebInstaller = true
  updater.allowDowngrade = false
}
