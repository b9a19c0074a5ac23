import { useEffect, useRef } from 'react'

/** Runs `action` on Ctrl/Cmd and `key`; Escape comes alone. */
export function useShortcut(key: string, action: () => void): void {
  const current = useRef(action)
  current.current = action
  useEffect(() => {
    function pressed(event: KeyboardEvent): void {
      if (event.defaultPrevented) return
      const modified = event.ctrlKey || event.metaKey
      if (event.key !== key || (key !== 'Escape') !== modified) return
      event.preventDefault()
      current.current()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [key])
}
