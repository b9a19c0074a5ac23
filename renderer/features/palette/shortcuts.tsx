import { lazy, Suspense, useState } from 'react'
import { useShortcut } from '../chats/shortcut.ts'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))

/** Ctrl/Cmd K goes anywhere, Ctrl/Cmd N begins something new. */
export function Shortcuts() {
  const [mode, setMode] = useState<'go' | 'new'>()
  useShortcut('k', () => setMode((current) => (current === 'go' ? undefined : 'go')))
  useShortcut('n', () => setMode('new'))
  if (mode === undefined) return null
  return (
    <Suspense fallback={null}>
      <Palette key={mode} mode={mode} onClose={() => setMode(undefined)} />
    </Suspense>
  )
}
