import type { FailureKind, Texts } from './texts.ts'

/** Links of the page; the window turns them into actions and goes nowhere. */
export const FAILURE_ACTIONS = {
  retry: 'app://action/retry',
  log: 'app://action/log',
  update: 'app://action/update',
  quit: 'app://action/quit',
} as const

export type FailureAction = keyof typeof FAILURE_ACTIONS

const LINES = 30

/** A page without scripts: what happened, what is safe, what to do, and the last lines of the log. */
export function failurePage(kind: FailureKind, log: string, texts: Texts, updates: boolean): string {
  const { happened, safe, todo } = texts.failure[kind]
  const labels: Record<FailureAction, string> = {
    retry: texts.retry,
    log: texts.showLog,
    update: texts.updates,
    quit: texts.quit,
  }
  const actions: FailureAction[] = ['retry', ...(updates ? (['update'] as const) : []), 'log', 'quit']
  const links = actions.map((action) => `<a href="${FAILURE_ACTIONS[action]}">${escaped(labels[action])}</a>`)
  const last = log.split('\n').slice(-LINES).join('\n')
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Hearth</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(happened)}</h1>
<h2>${escaped(texts.safe)}</h2><p>${escaped(safe)}</p>
<h2>${escaped(texts.todo)}</h2><p>${escaped(todo)}</p>
<nav>${links.join('')}</nav>
<h2>${escaped(texts.lastLines)}</h2><pre tabindex="0">${escaped(last)}</pre>
</main>
</body>
</html>`
}

const STYLE = `
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#fbfaf8, #171411); color: light-dark(#1f1b16, #f2ede6); }
main { padding: 24px 28px; max-width: 70ch; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 16px; text-wrap: balance; }
h2 { font-size: 13px; margin: 16px 0 4px; color: light-dark(#6b645a, #a89f93); }
p { margin: 0; }
nav { display: flex; flex-wrap: wrap; gap: 8px; margin: 20px 0; }
a { padding: 6px 14px; border-radius: 6px; border: 1px solid light-dark(#948b7e, #81776b); color: inherit; text-decoration: none; }
a:first-child { background: light-dark(#b93c0b, #fb923c); border-color: transparent; color: light-dark(#fff, #1f1209); }
a:focus-visible { outline: 2px solid light-dark(#b93c0b, #fb923c); outline-offset: 2px; }
pre { margin: 0; padding: 12px; border-radius: 10px; max-height: 260px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 12px/1.5 ui-monospace, monospace; background: light-dark(#f3f1ed, #29241f); }
`

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
