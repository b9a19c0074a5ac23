import { type HostAccess, type Runtime, SignInError } from './runtime.ts'

const SESSION = 'hearth-session'
/** `#sign-in=…`: the one-time code of the link that the host printed. It never reaches a server log: fragments stay here. */
const FRAGMENT = /^#sign-in=([A-Za-z0-9_-]+)$/

/** The interface in a browser, next to a host without a screen. */
export function browserRuntime(): Runtime {
  // A link pasted into the address bar of an open page changes nothing but the fragment.
  window.addEventListener('hashchange', () => {
    if (FRAGMENT.test(window.location.hash)) window.location.reload()
  })
  return {
    kind: 'browser',
    access: signIn,
    notify({ title, body, path }) {
      if (!('Notification' in window) || Notification.permission !== 'granted' || document.hasFocus()) return
      const shown = new Notification(title, { body, tag: path })
      shown.onclick = () => {
        window.focus()
        window.history.pushState(null, '', path)
        window.dispatchEvent(new PopStateEvent('popstate'))
      }
    },
    onReply: () => () => {},
    onLink(open) {
      const link = new URLSearchParams(window.location.search).get('link')
      if (link !== null) open(link)
      return () => {}
    },
    openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer')
    },
    async saveFile(name, content) {
      const url = URL.createObjectURL(content)
      const anchor = document.createElement('a')
      anchor.href = url
      anchor.download = name
      anchor.click()
      setTimeout(() => URL.revokeObjectURL(url), 10_000)
    },
    setUnread(count) {
      document.title = count > 0 ? `(${count}) Hearth` : 'Hearth'
    },
    desktop: undefined,
  }
}

async function signIn(): Promise<HostAccess> {
  const code = FRAGMENT.exec(window.location.hash)?.[1]
  if (code !== undefined) {
    window.history.replaceState(null, '', window.location.pathname + window.location.search)
    const response = await fetch('/session', { method: 'POST', body: code, headers: { 'content-type': 'text/plain' } })
    if (response.ok) localStorage.setItem(SESSION, await response.text())
  }
  const token = localStorage.getItem(SESSION)
  if (token === null) throw new SignInError()
  const answer = await fetch('/session', { headers: { authorization: `Bearer ${token}` } })
  if (answer.status === 401) {
    forgetSession()
    throw new SignInError()
  }
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws'
  return { url: `${scheme}://${window.location.host}/`, token }
}

/** The host does not know this session any more. */
function forgetSession(): void {
  localStorage.removeItem(SESSION)
}
