import { create } from 'zustand'
import type { Change, Group, MemberView } from '../../core/host/contract/types.ts'
import { api } from './api.ts'
import { useHost } from './host.ts'

/** Those who take part in a group, as far as they are loaded, in the order of their coming. */
export interface MemberList {
  readonly members: readonly MemberView[]
  readonly complete: boolean
  readonly loading: boolean
  /** Who might write when it was loaded: with that, many roles change at once. */
  readonly writers: Group['writers'] | undefined
}

interface Lists {
  readonly byGroup: ReadonlyMap<number, MemberList>
}

const EMPTY: MemberList = { members: [], complete: false, loading: false, writers: undefined }
const PAGE = 200
/** Changes come in bursts: they are read together. */
const COLLECT = 300
/** More changed members than this: the list is read again. */
const MANY = 20

export const useMembers = create<Lists>(() => ({ byGroup: new Map() }))

export function membersOf(state: Lists, group: number): MemberList {
  return state.byGroup.get(group) ?? EMPTY
}

function update(group: number, change: (list: MemberList) => MemberList): void {
  useMembers.setState((state) => ({ byGroup: new Map(state.byGroup).set(group, change(membersOf(state, group))) }))
}

export function forgetMembers(): void {
  useMembers.setState({ byGroup: new Map() })
}

export async function loadMembers(group: number): Promise<void> {
  const { complete, loading, members } = membersOf(useMembers.getState(), group)
  if (complete || loading) return
  const writers = useHost.getState().groups.get(group)?.writers
  update(group, (list) => ({ ...list, loading: true, writers: list.writers ?? writers }))
  try {
    const after = members.at(-1)?.id
    const page = await api().members.list({
      group,
      active: true,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    update(group, (list) => ({
      ...list,
      members: [...list.members, ...page.filter(({ id }) => !list.members.some((member) => member.id === id))],
      complete: page.length < PAGE,
      loading: false,
    }))
  } catch (error) {
    update(group, (list) => ({ ...list, loading: false }))
    throw error
  }
}

/** Everything that is left: searching needs it. */
export async function loadAllMembers(group: number): Promise<void> {
  while (!membersOf(useMembers.getState(), group).complete) {
    if (membersOf(useMembers.getState(), group).loading) return
    await loadMembers(group)
  }
}

const changed = new Map<number, Set<number>>()
let timer: ReturnType<typeof setTimeout> | undefined

/** What the host says about members of groups that are loaded. */
export function applyMemberChange(change: Change): void {
  if (change.type === 'group' && change.group !== undefined) applyWriters(change.group)
  if (change.type !== 'member' || !useMembers.getState().byGroup.has(change.group)) return
  const { group, member } = change
  if (change.change === 'left' || change.change === 'removed') {
    update(group, (list) => ({ ...list, members: list.members.filter(({ id }) => id !== member) }))
    return
  }
  changed.set(group, (changed.get(group) ?? new Set()).add(member))
  if (timer === undefined) timer = setTimeout(() => void readChanged(), COLLECT)
}

/** No change is told of each member whose role came with it: the list is read again. */
function applyWriters({ id, writers }: Group): void {
  const list = useMembers.getState().byGroup.get(id)
  if (list === undefined || list.writers === writers) return
  update(id, () => ({ ...EMPTY, writers }))
  // Without a connection nothing is read; the next snapshot forgets the list.
  loadMembers(id).catch(() => {})
}

async function readChanged(): Promise<void> {
  timer = undefined
  const batches = [...changed]
  changed.clear()
  for (const [group, members] of batches) {
    try {
      if (members.size > MANY) {
        update(group, () => EMPTY)
        await loadMembers(group)
      } else {
        for (const member of members) await readMember(group, member)
      }
    } catch {
      // Without a connection nothing is read; the next snapshot forgets the list.
    }
  }
}

async function readMember(group: number, member: number): Promise<void> {
  const after = member > 1 ? { after: member - 1 } : {}
  const [found] = await api().members.list({ group, active: true, limit: 1, ...after })
  update(group, (list) => {
    const others = list.members.filter(({ id }) => id !== member)
    if (found?.id !== member) return { ...list, members: others }
    const last = list.members.at(-1)
    if (!list.complete && last !== undefined && member > last.id) return list
    return { ...list, members: [...others, found].sort((a, b) => a.id - b.id) }
  })
}
