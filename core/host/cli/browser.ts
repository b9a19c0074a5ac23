import { spawn } from 'node:child_process'

/** Opens a link in the person's browser where one can be seen: at a terminal, with a display. */
export function openBrowser(link: string): boolean {
  const command = opener()
  if (command === undefined || !process.stdout.isTTY) return false
  const [program, ...args] = command
  const child = spawn(program, [...args, link], { detached: true, stdio: 'ignore' })
  // Without such a program the printed link is there.
  child.once('error', () => {})
  child.unref()
  return true
}

function opener(): readonly [string, ...string[]] | undefined {
  const { env, platform } = process
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['explorer.exe']
  const remote = env.SSH_CONNECTION !== undefined
  const display = (env.DISPLAY ?? '') !== '' || (env.WAYLAND_DISPLAY ?? '') !== ''
  return display && !remote ? ['xdg-open'] : undefined
}
