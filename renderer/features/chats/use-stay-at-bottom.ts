import { useEffect, useState } from 'react'

/** Closer to the end than this counts as at it. */
export const NEAR = 80

/** Keeps a list at its end when its room changes, as it does while a long text is written below. */
export function useStayAtBottom(): (scroller: HTMLElement | Window | null) => void {
  const [scroller, setScroller] = useState<HTMLElement>()

  useEffect(() => {
    if (scroller === undefined) return
    const list = scroller
    let height = list.clientHeight
    const observer = new ResizeObserver(() => {
      const below = list.scrollHeight - list.scrollTop - height
      height = list.clientHeight
      if (below <= NEAR) list.scrollTop = list.scrollHeight
    })
    observer.observe(list)
    return () => observer.disconnect()
  }, [scroller])

  return (element) => {
    if (element instanceof HTMLElement) setScroller(element)
  }
}
