import type { Group, GroupProgress } from '../../../core/host/contract/types.ts'
import { isLost } from '../../host/errors.ts'
import { applyGroup, type HostState, useHost } from '../../state/host.ts'

/** After the host is back, a group that it had begun shows within this time. */
const CATCH_UP = 3000

/**
 * Begins to create or join, and resolves with the group. Its further progress comes with all other changes, so that the
 * stream is left after its first step. Where the connection breaks meanwhile, the group is waited for: beginning a second
 * time would make a second one.
 */
export async function takeGroup(begin: () => Promise<AsyncIterable<GroupProgress>>): Promise<Group> {
  const before = useHost.getState().groups
  try {
    return await firstStep(await begin())
  } catch (error) {
    const group = isLost(error) ? await begun(before) : undefined
    if (group === undefined) throw error
    return group
  }
}

async function firstStep(progress: AsyncIterable<GroupProgress>): Promise<Group> {
  for await (const step of progress) {
    if (step.step !== 'group') continue
    applyGroup(step.group)
    return step.group
  }
  throw new Error('the host ended without a group')
}

/** The group that was not there before; undefined where the host has none when it is back. */
function begun(before: HostState['groups']): Promise<Group | undefined> {
  return new Promise((resolve) => {
    let late: ReturnType<typeof setTimeout> | undefined
    const unsubscribe = useHost.subscribe(look)
    function look({ groups, connection }: HostState): void {
      const group = [...groups.values()].find(({ id }) => !before.has(id))
      if (group !== undefined) end(group)
      else if (connection === 'online') late ??= setTimeout(end, CATCH_UP)
    }
    function end(group?: Group): void {
      clearTimeout(late)
      unsubscribe()
      resolve(group)
    }
  })
}
