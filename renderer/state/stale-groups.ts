import { ORPCError } from '@orpc/client'
import type { Change } from '../../core/host/contract/types.ts'
import { api } from './api.ts'
import { applyGroup } from './host.ts'

/**
 * Messages, members and super-peers change what the list says of their group: its counter, its last message, who is
 * connected. The group is read again then, once for many changes.
 */
const PAUSE = 50
const stale = new Set<number>()
let timer: ReturnType<typeof setTimeout> | undefined

export function applyToGroup(change: Change): void {
  const group = groupOf(change)
  if (group === undefined) return
  stale.add(group)
  readStale()
}

/** Everything was read anew. */
export function forgetStale(): void {
  stale.clear()
}

/** What could not be read while the host was away. */
export function readStale(): void {
  if (timer !== undefined || stale.size === 0) return
  timer = setTimeout(readAgain, PAUSE)
}

async function readAgain(): Promise<void> {
  const groups = [...stale]
  stale.clear()
  const lost = (await Promise.all(groups.map(read))).filter((group) => group !== undefined)
  timer = undefined
  if (lost.length === 0) readStale()
  for (const group of lost) stale.add(group)
}

/** Resolves to the group where the connection was lost. */
async function read(group: number): Promise<number | undefined> {
  try {
    applyGroup(await api().groups.get({ group }))
    return undefined
  } catch (error) {
    // A group that is gone says so itself.
    return error instanceof ORPCError ? undefined : group
  }
}

function groupOf(change: Change): number | undefined {
  switch (change.type) {
    case 'message':
    case 'message-state':
    case 'member':
    case 'super-peer-gone':
      return change.group
    case 'super-peer':
      return change.superPeer.group
    default:
      return undefined
  }
}
