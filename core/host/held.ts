import { HearthError } from '../codec/error.ts'
import { heldInWords, type InstanceView } from './instance/view.ts'

/** What a held copy may still do: show what it has, and decide. Nothing of it reaches the network of the groups. */
const ALLOWED: ReadonlySet<string> = new Set([
  'host',
  'changes',
  'sessions',
  'backup',
  'instance',
  'profiles.list',
  'groups.list',
  'groups.get',
  'groups.flags',
  'members.list',
  'superPeers.list',
  'messages.list',
  'messages.get',
  'messages.markRead',
  'messages.deliveredBy',
  'contacts.list',
  'contacts.get',
  'contacts.messages',
  'serving.address',
  'serving.requests',
  'serving.groups',
  'serving.statistics',
])

/** Errors: usage `held`. */
export function refuseWhileHeld(path: readonly string[], view: InstanceView): void {
  if (view.held === undefined || ALLOWED.has(path[0] ?? '') || ALLOWED.has(path.join('.'))) return
  throw new HearthError('usage', 'held', heldInWords(view, localTime))
}

function localTime(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
