import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import type { MemberView } from '../../../core/host/contract/types.ts'
import { loadAllMembers, membersOf, useMembers } from '../../state/members.ts'
import { fitting, type Mentioned, type MentionQuery, mentionQuery, nameFor, written } from './mentions.ts'

const SHOWN = 8

export interface Offer {
  readonly listId: string
  readonly members: readonly MemberView[]
  readonly active: number
  optionId(index: number): string
  choose(index: number): void
}

interface Mentioning {
  /** Undefined while nothing is offered. */
  readonly offer: Offer | undefined
  readonly mentioned: Mentioned
  /** Call it with every change of text or caret. */
  look(text: string, caret: number): void
  /** True where the key was for the list. */
  key(event: KeyboardEvent): boolean
  reset(): void
  /** Those of a text that could not be sent. */
  takeBack(unsent: Mentioned): void
}

/** Offers members of a group while their name is written after an `@`. `insert` puts the name into the text. */
export function useMentions(
  group: number | undefined,
  insert: (start: number, end: number, text: string) => void,
): Mentioning {
  const listId = useId()
  const [query, setQuery] = useState<MentionQuery>()
  const [active, setActive] = useState(0)
  const [mentioned, setMentioned] = useState<Mentioned>(new Map())
  const known = useMembers((state) => (group === undefined ? undefined : membersOf(state, group).members))
  const wanted = query !== undefined && group !== undefined

  useEffect(() => {
    // Without a connection nobody is offered; names can still be written by hand.
    if (wanted) loadAllMembers(group).catch(() => {})
  }, [wanted, group])

  const members = query === undefined ? [] : fitting(known ?? [], query.text, SHOWN)

  function choose(index: number): void {
    const member = members[index]
    if (query === undefined || member === undefined) return
    const name = nameFor(mentioned, member)
    setMentioned(new Map(mentioned).set(name, member.id))
    insert(query.start, query.end, `${written(name)} `)
    setQuery(undefined)
  }

  const optionId = (index: number) => `${listId}-${index}`
  return {
    offer: members.length === 0 ? undefined : { listId, members, active, optionId, choose },
    mentioned,
    look(text, caret) {
      if (group === undefined) return
      const next = mentionQuery(text, caret)
      if (next?.text !== query?.text || next?.start !== query?.start) setActive(0)
      setQuery(next)
    },
    key(event) {
      if (members.length === 0) return false
      if (event.key === 'ArrowDown') setActive((active + 1) % members.length)
      else if (event.key === 'ArrowUp') setActive((active + members.length - 1) % members.length)
      else if (event.key === 'Enter' || event.key === 'Tab') choose(active)
      else if (event.key === 'Escape') setQuery(undefined)
      else return false
      event.preventDefault()
      return true
    },
    reset() {
      setMentioned(new Map())
      setQuery(undefined)
    },
    takeBack: (unsent) => setMentioned((current) => new Map([...unsent, ...current])),
  }
}
