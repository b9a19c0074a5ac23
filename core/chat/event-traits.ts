import type { ChatEvent, EventName } from './events.ts'
import { isInline } from './msg-container.ts'

/** The agent's notification flag (chat §2.9). What super-peers forward never has it. */
const NOTIFIES: ReadonlySet<string> = new Set<EventName>([
  'x.msg.new',
  'x.file',
  'x.contact',
  'x.grp.inv',
  'x.grp.mem.fwd',
  'x.grp.del',
  'x.call.inv',
])

export function hasNotification(event: ChatEvent): boolean {
  return NOTIFIES.has(event.type)
}

/** The column "Fwd" of chat §2.2-§2.8; the roster is served in its own way and hence not among them. */
const FORWARDED: ReadonlySet<string> = new Set<EventName>([
  'x.msg.new',
  'x.msg.update',
  'x.msg.del',
  'x.msg.react',
  'x.msg.file.descr',
  'x.file.cancel',
  'x.info',
  'x.grp.mem.new',
  'x.grp.mem.role',
  'x.grp.mem.restrict',
  'x.grp.mem.del',
  'x.grp.leave',
  'x.grp.del',
  'x.grp.info',
  'x.grp.prefs',
  'x.grp.relay.new',
])

/** May a super-peer forward this event at all? Unknown events and messages with inline files are not forwarded. */
export function isForwardable(event: ChatEvent): boolean {
  if (event.type === 'x.msg.new' && isInline(event.params)) return false
  return FORWARDED.has(event.type)
}
