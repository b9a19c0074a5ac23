import { HearthError } from '../codec/error.ts'
import { localTime } from './backup/words.ts'
import { heldInWords, type InstanceView } from './instance/view.ts'

/** What a held copy may still do: show what it has, and decide. Nothing of it reaches the network of the groups. */
export const ALLOWED_WHILE_HELD: ReadonlySet<string> = new Set([
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
  'contacts.invitations',
  'contacts.addresses',
  'contacts.requests',
  'contacts.flags',
  'contacts.securityCode',
  'contactMessages.list',
  'contactMessages.get',
  'contactMessages.markRead',
  'groups.progress',
  'known.list',
  'routers.presets',
  'statistics.group',
  'serving.address',
  'serving.requests',
  'serving.blocked',
  'serving.groups',
  'serving.statistics',
])

/** Errors: usage `held`. */
export function refuseWhileHeld(path: readonly string[], view: InstanceView): void {
  if (view.held === undefined || ALLOWED_WHILE_HELD.has(path[0] ?? '') || ALLOWED_WHILE_HELD.has(path.join('.'))) return
  throw new HearthError('usage', 'held', heldInWords(view, localTime))
}
