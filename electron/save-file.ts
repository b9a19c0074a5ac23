import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { app, type BrowserWindow, dialog } from 'electron'

/** Lets the person choose where a file goes. Nothing is written where they do not. */
export async function saveFile(name: string, content: Uint8Array, window: BrowserWindow | undefined): Promise<void> {
  const options = { defaultPath: join(app.getPath('downloads'), safeName(name)) }
  const chosen = await (window === undefined ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options))
  if (!chosen.canceled && chosen.filePath !== '') await writeFile(chosen.filePath, content)
}

/** A plain name: no folders, no control characters, nothing hidden. */
function safeName(name: string): string {
  const plain = basename(name.replace(/\\/g, '/'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 120)
  return plain === '' ? 'hearth' : plain
}
