import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('focus', listener)
  window.addEventListener('blur', listener)
  return () => {
    window.removeEventListener('focus', listener)
    window.removeEventListener('blur', listener)
  }
}

/** The window is the one that somebody looks at. */
export function useLooking(): boolean {
  return useSyncExternalStore(subscribe, () => document.hasFocus())
}
