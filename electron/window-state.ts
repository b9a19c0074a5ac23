import { type BrowserWindow, screen } from 'electron'
import type { StateFile } from './state-file.ts'

/** Where the window was; -1 where it has not been anywhere. */
export interface WindowState {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly maximized: boolean
}

export const FIRST_WINDOW: WindowState = { x: -1, y: -1, width: 1180, height: 800, maximized: false }
/** So much of a window must lie on a screen for it to be found again. */
const VISIBLE = 80

/** The place to open the window at: where it was, unless no screen is there any more. */
export function windowPlace(state: WindowState): { x?: number; y?: number; width: number; height: number } {
  const { x, y, width, height } = state
  const onScreen = screen.getAllDisplays().some(({ workArea: area }) => {
    const inside = (start: number, length: number, from: number, size: number): boolean =>
      Math.min(start + length, from + size) - Math.max(start, from) >= VISIBLE
    return inside(x, width, area.x, area.width) && inside(y, height, area.y, area.height) && y >= area.y
  })
  const known = x !== FIRST_WINDOW.x || y !== FIRST_WINDOW.y
  return known && onScreen ? { x, y, width, height } : { width, height }
}

/** Writes down where the window is whenever it comes to rest there. */
export function keepWindowPlace(window: BrowserWindow, file: StateFile<WindowState>): void {
  function keep(): void {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return
    const maximized = window.isMaximized()
    file.update(maximized ? { maximized } : { maximized, ...window.getNormalBounds() })
  }
  for (const event of ['moved', 'resized', 'maximize', 'unmaximize', 'hide', 'close'] as const) {
    window.on(event as 'close', keep)
  }
}
