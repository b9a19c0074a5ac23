import { useLocation } from 'wouter'
import { useRuntime } from '../../runtime/context.ts'

/** Links of the network, in both their forms. */
const OWN_LINK = /^(?:simplex:\/|https:\/\/[^/]+\/(?:[acgri]\/?#|(?:contact|invitation)\/?#))/i

export function isOwnLink(href: string): boolean {
  return OWN_LINK.test(href)
}

/** Opens links of groups and people here, pages outside. */
export function useOpenLink(): (href: string) => void {
  const runtime = useRuntime()
  const [, navigate] = useLocation()
  return (href) => {
    if (isOwnLink(href)) navigate(`/join?link=${encodeURIComponent(href)}`)
    else runtime.openExternal(href)
  }
}
