import { useSyncExternalStore } from 'react'

const query = window.matchMedia('(max-width: 899px)')

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** The window is too narrow for a list and its content beside each other. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches)
}
