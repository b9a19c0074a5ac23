import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the system wants programs to keep what is theirs. */
export function dataFolder(): string {
  const { env, platform } = process
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Hearth')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Hearth')
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'hearth')
}
