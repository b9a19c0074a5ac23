/**
 * Finding links of the network in texts, so that groups can forbid them (chat §2.12) and profiles are shown without
 * them (chat §3.1). Every pattern is linear in the text.
 */

/** A short link ends in a type letter and `#` with an id or key; a full one names its kind or the scheme. */
const LINK =
  /simplex:\/|\/[acgir]\/?#[a-z0-9_-]{30,}|(?:\/|%2f)(?:contact|invitation)(?:\/|%2f)?(?:#|%23)(?:\/|%2f)?(?:\?|%3f)v(?:=|%3d)/i

/** Whitespace, invisible characters and the marks of text styles, with which links are taken apart. */
const FILLING = /[\s\p{Cf}*_~`|\\]+/gu

export function containsLink(text: string): boolean {
  return LINK.test(text)
}

/** A link written so that it is not recognised, with spaces or marks inside. */
export function containsObfuscatedLink(text: string): boolean {
  // Underscores belong to keys as well: without them a shorter run still counts.
  return LINK.test(text.replace(FILLING, ''))
}

/** The text without the words that hold a link; undefined where nothing is left or a link hides in what is left. */
export function withoutLinks(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const kept = text
    .split(/(\s+)/)
    .filter((part) => !containsLink(part))
    .join('')
    .trim()
  return kept === '' || containsObfuscatedLink(kept) ? undefined : kept
}
