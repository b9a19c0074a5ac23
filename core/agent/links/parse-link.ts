import { CodecError } from '../../codec/error.ts'
import { type ConnectionRequest, parseConnectionRequest } from './full-link.ts'
import { parseShortLink, type ShortLink } from './short-link.ts'

/** Names are recognised only: who owns one is asked elsewhere (agent §2.4). */
interface NameLink {
  readonly kind: 'group' | 'contact'
  /** Complete: `name.simplex` where only `name` was written. */
  readonly domain: string
}

export type Link =
  | { readonly form: 'full'; readonly request: ConnectionRequest }
  | { readonly form: 'short'; readonly link: ShortLink }
  | { readonly form: 'name'; readonly name: NameLink }

/** Any link that somebody may paste; white space around it is ignored. Errors: codec. */
export function parseLink(text: string): Link {
  const link = text.trim()
  const name = parseNameLink(link)
  if (name !== undefined) return { form: 'name', name }
  if (/^[^#]*\/(?:invitation|contact)\/?#/.test(link)) return { form: 'full', request: parseConnectionRequest(link) }
  return { form: 'short', link: parseShortLink(link) }
}

function parseNameLink(text: string): NameLink | undefined {
  const match = /^simplex:\/name([#@])(.+)$/s.exec(text)
  if (match === null) return undefined
  const [, sign, name = ''] = match
  if (!/^[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})*$/u.test(name)) throw new CodecError('syntax', 'not a name')
  return { kind: sign === '#' ? 'group' : 'contact', domain: name.includes('.') ? name : `${name}.simplex` }
}
