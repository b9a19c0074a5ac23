/** Why no window can be shown here; undefined where one can. */
export function noWindow(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  userId: number | undefined,
): string | undefined {
  const shown = platform === 'linux' || platform === 'freebsd' || platform === 'openbsd'
  if (shown && (env.DISPLAY ?? '') === '' && (env.WAYLAND_DISPLAY ?? '') === '') return 'there is no display'
  if (!shown && env.SSH_CONNECTION !== undefined) return 'this is a remote session'
  if (shown && userId === 0) return 'a window does not run as root'
  return undefined
}
