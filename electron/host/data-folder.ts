import { join } from 'node:path'

/** Where the system wants programs to keep what is theirs: the folder that `hearth start` uses too. */
export function dataFolder(
  platform: NodeJS.Platform,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Hearth')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Hearth')
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'hearth')
}
