import { create } from 'zustand'
import type { Language } from '../i18n/languages.ts'

/** How this window looks; kept in the browser, not in the host. */
export interface Preferences {
  readonly theme: 'light' | 'dark' | 'system'
  readonly textSize: 'small' | 'normal' | 'large' | 'largest'
  readonly language: Language | 'system'
  /** Width of the list pane in pixels. */
  readonly listWidth: number
  readonly notifications: boolean
  /** When the reminder of a backup was put off last. */
  readonly backupPutOff: number
}

const KEY = 'hearth-preferences'
const DEFAULTS: Preferences = {
  theme: 'system',
  textSize: 'normal',
  language: 'system',
  listWidth: 320,
  notifications: true,
  backupPutOff: 0,
}

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

export const usePreferences = create<Preferences>(() => ({ ...DEFAULTS, ...stored() }))

export function setPreferences(change: Partial<Preferences>): void {
  usePreferences.setState(change)
  localStorage.setItem(KEY, JSON.stringify(usePreferences.getState()))
}

const dark = window.matchMedia('(prefers-color-scheme: dark)')

function applyAppearance(): void {
  const { theme, textSize } = usePreferences.getState()
  const shown = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
  document.documentElement.dataset.theme = shown
  document.documentElement.dataset.text = textSize
}

/** Keeps the page in the chosen theme and text size. */
export function startAppearance(): void {
  applyAppearance()
  dark.addEventListener('change', applyAppearance)
  usePreferences.subscribe(applyAppearance)
}
