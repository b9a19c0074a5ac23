import { Redirect } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { Progress } from './create/progress.tsx'
import { Share } from './create/share.tsx'
import { Failed } from './failed.tsx'
import { Joining } from './join/joining.tsx'

/** Where creating or joining stands: the address that one comes back to. */
export function Setup({ group }: { readonly group: Group }) {
  switch (group.status) {
    case 'creating':
    case 'ready':
      return <Progress group={group} />
    case 'joining':
      return <Joining group={group} />
    case 'failed':
      return <Failed group={group} />
    case 'active':
      return <Redirect to={group.part === 'owner' ? `/groups/${group.id}/setup/share` : `/chats/${group.id}`} replace />
    default:
      return <Redirect to={`/groups/${group.id}`} replace />
  }
}

export function SetupShare({ group }: { readonly group: Group }) {
  return group.status === 'active' ? <Share group={group} /> : <Redirect to={`/groups/${group.id}/setup`} replace />
}
