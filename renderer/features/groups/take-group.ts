import type { Group, GroupProgress } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'

/**
 * The group that creating or joining has made. Its further progress comes with all other changes, so that the stream is
 * left after its first step.
 */
export async function takeGroup(progress: AsyncIterable<GroupProgress>): Promise<Group> {
  for await (const step of progress) {
    if (step.step !== 'group') continue
    const { group } = step
    useHost.setState((state) => ({ groups: new Map(state.groups).set(group.id, group) }))
    return group
  }
  throw new Error('the host ended without a group')
}
