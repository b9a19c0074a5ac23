import { type ChatRef, chatKey } from '../../state/chats.ts'

/** Unsent texts, kept in the browser for each conversation. */
const KEY = 'hearth-drafts'

type Drafts = Record<string, string>

function load(): Drafts {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Drafts
  } catch {
    return {}
  }
}

export function draftOf(chat: ChatRef): string {
  return load()[chatKey(chat)] ?? ''
}

export function keepDraft(chat: ChatRef, text: string): void {
  const drafts = load()
  if (text === '') delete drafts[chatKey(chat)]
  else drafts[chatKey(chat)] = text
  localStorage.setItem(KEY, JSON.stringify(drafts))
}
