import type { MemberView } from '../../../core/host/contract/types.ts'

/** Naming members in a text (chat §2.4): `@name`, or `@'a name with spaces'`. */

export interface MentionQuery {
  /** From the `@` to the caret. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The name that is being written at the caret. */
export function mentionQuery(text: string, caret: number): MentionQuery | undefined {
  const match = /(?:^|[\s(])@('?[^\s@'][^@'\n]{0,40}|'?)$/u.exec(text.slice(0, caret))
  if (match === null) return undefined
  const written = match[1] ?? ''
  // A space ends a name that does not stand in quotes.
  if (!written.startsWith("'") && /\s/.test(written)) return undefined
  return { start: caret - written.length - 1, end: caret, text: written.replace(/^'/, '') }
}

/** Who fits what was written, best first. */
export function fitting(members: readonly MemberView[], query: string, most: number): MemberView[] {
  const wanted = query.toLocaleLowerCase()
  const rank = ({ displayName }: MemberView): number => {
    const name = displayName.toLocaleLowerCase()
    if (name.startsWith(wanted)) return 0
    return name.split(/\s+/).some((word) => word.startsWith(wanted)) ? 1 : 2
  }
  return members
    .filter((member) => !member.self && !member.blocked && member.memberId !== undefined && rank(member) < 2)
    .sort((a, b) => rank(a) - rank(b) || (b.wroteAt ?? 0) - (a.wroteAt ?? 0))
    .slice(0, most)
}

/** Names by which members are mentioned in this text, and who they are. */
export type Mentioned = ReadonlyMap<string, number>

/** A name of its own for each member: two who are called the same are told apart by a number. */
export function nameFor(mentioned: Mentioned, member: MemberView): string {
  const plain = member.displayName.replaceAll("'", '’').trim()
  for (let number = 0; ; number++) {
    const name = number === 0 ? plain : `${plain}_${number}`
    const holder = mentioned.get(name)
    if (holder === undefined || holder === member.id) return name
  }
}

/** As it stands in the text. */
export function written(name: string): string {
  return /^[\p{L}\p{N}_.-]*[\p{L}\p{N}_]$/u.test(name) ? `@${name}` : `@'${name}'`
}

/** Those that the text still names, in the form of the contract; the network takes three. */
export function mentionsIn(text: string, mentioned: Mentioned): { readonly name: string; readonly member: number }[] {
  return [...mentioned]
    .filter(([name]) => names(text, name))
    .map(([name, member]) => ({ name, member }))
    .slice(0, 3)
}

function names(text: string, name: string): boolean {
  const mark = written(name)
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (mark.endsWith("'") || !/[\p{L}\p{N}_]/u.test(text[at + mark.length] ?? '')) return true
  }
  return false
}
