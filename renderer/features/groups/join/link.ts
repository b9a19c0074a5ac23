const LINK = /(?:simplex:\/|https:\/\/)[^\s<>"]+/i

/** The first link in whatever was pasted or dropped. */
export function findLink(text: string): string | undefined {
  return LINK.exec(text)?.[0].replace(/[.,;:!?)\]]+$/, '')
}

/** What a link leads to, as far as its letter says; the host looks closer. */
export function kindOf(link: string): 'group' | 'person' | 'super-peer' | 'page' {
  const letter = /^(?:simplex:|https:\/\/[^/#?]+)\/([a-z]+)\/?#/i.exec(link)?.[1]?.toLowerCase()
  if (letter === 'c' || letter === 'g') return 'group'
  if (letter === 'r') return 'super-peer'
  if (letter === 'i' || letter === 'a' || letter === 'invitation' || letter === 'contact') return 'person'
  return 'page'
}
