/** Unsent texts, kept in the browser for each group. */
const KEY = 'hearth-drafts'

type Drafts = Record<string, string>

function load(): Drafts {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Drafts
  } catch {
    return {}
  }
}

export function draftOf(group: number): string {
  return load()[group] ?? ''
}

export function keepDraft(group: number, text: string): void {
  const drafts = load()
  if (text === '') delete drafts[group]
  else drafts[group] = text
  localStorage.setItem(KEY, JSON.stringify(drafts))
}
