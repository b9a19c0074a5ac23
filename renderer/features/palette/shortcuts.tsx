import { lazy, Suspense, useEffect, useState } from 'react'
import { useShortcut } from '../chats/shortcut.ts'

const load = () => import('./palette.tsx')
const Palette = lazy(async () => ({ default: (await load()).Palette }))

/** Ctrl/Cmd K goes anywhere, Ctrl/Cmd N begins something new. */
export function Shortcuts() {
  const [mode, setMode] = useState<'go' | 'new'>()
  useShortcut('k', () => setMode((current) => (current === 'go' ? undefined : 'go')))
  useShortcut('n', () => setMode('new'))
  // Whoever knows the keys types on at once: what opens must be there already.
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => {}), 1000)
    return () => clearTimeout(timer)
  }, [])
  if (mode === undefined) return null
  return (
    <Suspense fallback={null}>
      <Palette key={mode} mode={mode} onClose={() => setMode(undefined)} />
    </Suspense>
  )
}
