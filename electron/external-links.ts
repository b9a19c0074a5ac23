import { type BrowserWindow, dialog, shell } from 'electron'
import type { StateFile } from './state-file.ts'
import type { Texts } from './texts.ts'

/** Hosts whose pages the person agreed to open. */
export interface ConfirmedHosts {
  readonly hosts: readonly string[]
}

const LONGEST = 2048
const MOST_HOSTS = 1000

/** Opens pages in the browser: https alone, and of a host that is new only after the person agreed. */
export function createExternalLinks(file: StateFile<ConfirmedHosts>, texts: Texts) {
  let asking = false

  async function confirmed(url: URL, window: BrowserWindow): Promise<boolean> {
    const { hosts } = file.value
    if (hosts.includes(url.host)) return true
    if (asking) return false
    asking = true
    try {
      const { response } = await dialog.showMessageBox(window, {
        type: 'question',
        message: texts.external(url.host),
        detail: texts.externalDetail(url.href),
        buttons: [texts.openPage, texts.cancel],
        defaultId: 1,
        cancelId: 1,
        noLink: true,
      })
      if (response !== 0) return false
      file.update({ hosts: [...hosts, url.host].slice(-MOST_HOSTS) })
      return true
    } finally {
      asking = false
    }
  }

  /** True where the page was opened. */
  return async function openExternal(text: string, window: BrowserWindow): Promise<boolean> {
    const url = text.length <= LONGEST ? URL.parse(text) : null
    if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false
    if (!(await confirmed(url, window))) return false
    await shell.openExternal(url.href)
    return true
  }
}
