import { create } from 'zustand'

/** A group that is being thought about: kept in this window until it is created or cancelled. */
export interface Draft {
  readonly displayName: string
  readonly description: string
  readonly image: string | undefined
  readonly writers: 'everyone' | 'owners'
  readonly history: boolean
  /** Undefined until the person changes what is suggested. */
  readonly superPeers: readonly string[] | undefined
}

const KEY = 'hearth-new-group'
const EMPTY: Draft = {
  displayName: '',
  description: '',
  image: undefined,
  writers: 'everyone',
  history: true,
  superPeers: undefined,
}

function stored(): Partial<Draft> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Draft>
  } catch {
    return {}
  }
}

export const useDraft = create<Draft>(() => ({ ...EMPTY, ...stored() }))

export function setDraft(change: Partial<Draft>): void {
  useDraft.setState(change)
  localStorage.setItem(KEY, JSON.stringify(useDraft.getState()))
}

export function clearDraft(): void {
  useDraft.setState(EMPTY)
  localStorage.removeItem(KEY)
}
