/** The text of a desktop entry (freedesktop.org Desktop Entry Specification 1.5). */
export function desktopEntry(fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
  return `${['[Desktop Entry]', 'Type=Application', ...lines].join('\n')}\n`
}

/** A command as the `Exec` key wants it: every argument quoted, field codes in none but `codes`. */
export function execLine(command: readonly string[], codes = ''): string {
  return [...command.map(quoted), ...(codes === '' ? [] : [codes])].join(' ')
}

/** The general escape of string values comes on top of the one of quoted arguments: four strokes for one. */
function quoted(argument: string): string {
  const inside = argument.replace(/["`$\\]/g, '\\$&').replace(/%/g, '%%')
  return `"${inside.replace(/\\/g, '\\\\')}"`
}
