import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AUTOSTART, type Launch } from '../launch.ts'
import { desktopEntry, execLine } from './desktop-entry.ts'

/** Linux outside a sandbox (AppImage, deb, source tree): an entry in the autostart folder. */
export function setXdgAutostart(enabled: boolean, configHome: string, launch: Launch): void {
  const path = join(configHome, 'autostart', 'hearth.desktop')
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
  const name = 'hearth-links.desktop'
  const path = join(dataHome, 'applications', name)
  mkdirSync(dirname(path), { recursive: true })
  const entry = desktopEntry({
    Name: 'Hearth',
    Exec: execLine([launch.path, ...launch.arguments], '%u'),
    NoDisplay: 'true',
    Terminal: 'false',
    MimeType: 'x-scheme-handler/simplex;',
  })
  writeFileSync(path, entry, { mode: 0o644 })
  return name
}
