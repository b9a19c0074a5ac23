import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import css from './list-divider.module.css'

const MIN = 260
const MAX = 420

/** Changes the width of the list, by pointer or arrow keys. */
export function ListDivider() {
  const { t } = useTranslation()
  const width = usePreferences((preferences) => preferences.listWidth)
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined)

  function set(next: number): void {
    setPreferences({ listWidth: Math.round(Math.min(MAX, Math.max(MIN, next))) })
  }

  function down(event: PointerEvent<HTMLElement>): void {
    start.current = { x: event.clientX, width }
    event.currentTarget.setPointerCapture(event.pointerId)
  }

  function move(event: PointerEvent<HTMLElement>): void {
    if (start.current !== undefined) set(start.current.width + event.clientX - start.current.x)
  }

  function key(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft') set(width - 16)
    else if (event.key === 'ArrowRight') set(width + 16)
    else return
    event.preventDefault()
  }

  return (
    <hr
      className={css.divider}
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('chats.listWidth')}
      aria-valuenow={width}
      aria-valuemin={MIN}
      aria-valuemax={MAX}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => {
        start.current = undefined
      }}
      onKeyDown={key}
    />
  )
}
