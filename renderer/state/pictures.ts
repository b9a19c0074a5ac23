import { useEffect } from 'react'
import { create } from 'zustand'
import type { Change } from '../../core/host/contract/types.ts'
import { api } from './api.ts'

/** Pictures of members by their rows, read when a screen first shows them; undefined where somebody has none. */
const usePictures = create<{ readonly byMember: ReadonlyMap<number, string | undefined> }>(() => ({
  byMember: new Map(),
}))

/** Beyond that many, those read first are forgotten. */
const KEPT = 1000
/** What one screen shows is asked for together. */
const PAGE = 100

const wanted = new Map<number, Set<number>>()
let asking = false

/** The picture of a member; undefined while it is not read. */
export function useMemberPicture(group: number | undefined, member: number | undefined): string | undefined {
  const picture = usePictures(({ byMember }) => byMember.get(member ?? 0))
  const known = usePictures(({ byMember }) => byMember.has(member ?? 0))
  useEffect(() => {
    if (group === undefined || member === undefined || known) return
    wanted.set(group, (wanted.get(group) ?? new Set()).add(member))
    if (asking) return
    asking = true
    queueMicrotask(() => void read())
  }, [group, member, known])
  return picture
}

/** A member that changed is read again; a snapshot may have changed them all. */
export function applyPictureChange(change: Change): void {
  if (change.type !== 'member' || !usePictures.getState().byMember.has(change.member)) return
  usePictures.setState(({ byMember }) => {
    const next = new Map(byMember)
    next.delete(change.member)
    return { byMember: next }
  })
}

export function forgetPictures(): void {
  usePictures.setState({ byMember: new Map() })
}

async function read(): Promise<void> {
  asking = false
  const batches = [...wanted]
  wanted.clear()
  try {
    for (const [group, members] of batches) {
      const rows = [...members]
      for (let start = 0; start < rows.length; start += PAGE) await readPage(group, rows.slice(start, start + PAGE))
    }
  } catch {
    // Without a connection letters stand in for pictures; the next snapshot forgets what was not read.
  }
}

async function readPage(group: number, only: readonly number[]): Promise<void> {
  const members = await api().members.list({ group, only: [...only], limit: only.length })
  const pictures = new Map(members.map(({ id, profile }) => [id, profile.image]))
  usePictures.setState(({ byMember }) => {
    const all = [...byMember, ...only.map((row) => [row, pictures.get(row)] as const)]
    return { byMember: new Map(all.slice(-KEPT)) }
  })
}
