import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AUTOSTART, type Launch } from '../launch.ts'
import { desktopEntry, execLine } from './desktop-entry.ts'

/** Linux outside a sandbox (AppImage, deb, source tree): an entry in the autostart folder. */
export function setXdgAutostart(enabled: boolean, configHome: string, launch: Launch): void {
  const path = autostartPath(configHome)
  if (!enabled) {
    rmSync(path, { force: true })
    return
  }
  mkdirSync(dirname(path), { recursive: true })
  const entry = desktopEntry({
    Name: 'Hearth',
    Exec: execLine([launch.path, ...launch.arguments, AUTOSTART]),
    Icon: 'hearth',
    Terminal: 'false',
    'X-GNOME-Autostart-enabled': 'true',
  })
  writeFileSync(path, entry, { mode: 0o644 })
}

/**
 * An AppImage has no package that tells the system about `simplex:` links: an entry that opens nothing but links does.
 * Returns the name of the entry.
 */
export function writeLinkHandler(dataHome: string, launch: Launch): string {
  const path = linkHandlerPath(dataHome)
  mkdirSync(dirname(path), { recursive: true })
  const entry = desktopEntry({
    Name: 'Hearth',
    Exec: execLine([launch.path, ...launch.arguments], '%u'),
    NoDisplay: 'true',
    Terminal: 'false',
    MimeType: 'x-scheme-handler/simplex;',
  })
  writeFileSync(path, entry, { mode: 0o644 })
  return basename(path)
}

/** An AppImage is another file after an update, or where it was moved: entries that are there name it again. */
export function renewXdgEntries(configHome: string, dataHome: string, launch: Launch): void {
  if (existsSync(autostartPath(configHome))) setXdgAutostart(true, configHome, launch)
  if (existsSync(linkHandlerPath(dataHome))) writeLinkHandler(dataHome, launch)
}

function autostartPath(configHome: string): string {
  return join(configHome, 'autostart', 'hearth.desktop')
}

function linkHandlerPath(dataHome: string): string {
  return join(dataHome, 'applications', 'hearth-links.desktop')
}
