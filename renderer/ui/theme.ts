import { useSyncExternalStore } from 'react'

/** The theme in which the page is shown; what paints by itself has to paint again when it changes. */
export function useShownTheme(): string {
  return useSyncExternalStore(watch, shown)
}

function shown(): string {
  return document.documentElement.dataset.theme ?? 'light'
}

function watch(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}
