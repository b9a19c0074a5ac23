/**
 * The network's markdown: *bold*, _italic_, ~strike~, `code`, #secret#, !1 coloured!, links and @mentions. Marks count
 * only around words, so that snake_case and 2*3*4 stay as they are.
 */
export type Span =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'code' | 'secret'; readonly text: string }
  | { readonly kind: 'colour'; readonly colour: string; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'mention'; readonly text: string }

const COLOURS: Readonly<Record<string, string>> = {
  '1': 'red',
  r: 'red',
  '2': 'green',
  g: 'green',
  '3': 'blue',
  b: 'blue',
  '4': 'yellow',
  y: 'yellow',
  '5': 'cyan',
  c: 'cyan',
  '6': 'magenta',
  m: 'magenta',
}

const MARKS = { '*': 'bold', _: 'italic', '~': 'strike', '`': 'code', '#': 'secret' } as const

const PATTERN = new RegExp(
  [
    /(?<mark>[*_~`#])(?!\s)(?<inner>[^\n]*?\S)\k<mark>(?![\p{L}\p{N}_])/u,
    /!(?<colour>[1-6rgbycm]) (?<coloured>[^\n]*?\S)!(?![\p{L}\p{N}])/u,
    /(?<url>(?:https?:\/\/|simplex:\/)[^\s<>"]*[^\s<>".,;:!?'()\]])/u,
    /@(?<mention>'[^']+'|[\p{L}\p{N}_.-]*[\p{L}\p{N}_])/u,
  ]
    .map((part) => part.source)
    .join('|'),
  'gu',
)

/** The first link that a text holds. */
export function firstLink(text: string): string | undefined {
  return parseMarkdown(text).find((span) => span.kind === 'link')?.href
}

/** Without its marks; what is hidden stays hidden. */
export function plainText(text: string): string {
  return parseMarkdown(text)
    .map((span) => (span.kind === 'secret' ? '▒▒▒' : span.text))
    .join('')
}

export function parseMarkdown(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  for (const match of text.matchAll(PATTERN)) {
    const before = match.index === 0 ? '' : text[match.index - 1]!
    if (/[\p{L}\p{N}_]/u.test(before)) continue
    if (match.index < from) continue
    if (match.index > from) spans.push({ kind: 'text', text: text.slice(from, match.index) })
    spans.push(spanOf(match.groups ?? {}, match[0]))
    from = match.index + match[0].length
  }
  if (from < text.length) spans.push({ kind: 'text', text: text.slice(from) })
  return spans
}

function spanOf(groups: Record<string, string | undefined>, whole: string): Span {
  const { mark, inner, colour, coloured, url, mention } = groups
  if (mark !== undefined && inner !== undefined) return { kind: MARKS[mark as keyof typeof MARKS], text: inner }
  if (colour !== undefined && coloured !== undefined) {
    return { kind: 'colour', colour: COLOURS[colour] ?? 'red', text: coloured }
  }
  if (url !== undefined) return { kind: 'link', text: url, href: url }
  return { kind: 'mention', text: mention === undefined ? whole : `@${mention.replace(/^'|'$/g, '')}` }
}
