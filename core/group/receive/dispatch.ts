import {
  receiveGroupDeletion,
  receiveGroupProfile,
  receiveLeave,
  receivePreferences,
  receiveRelayAnswer,
  receiveRelayNew,
  receiveRemoval,
  receiveRestriction,
  receiveRole,
} from './administration.ts'
import { receiveDelete, receiveNew, receiveUpdate } from './content.ts'
import { ignored, type Outcome, type Received, refused } from './context.ts'
import { receiveFileCancel, receiveFileDescription } from './files.ts'
import { receiveReaction } from './reactions.ts'
import { receiveInfo, receiveIntroduction, receiveMemberNew } from './records.ts'
import { receiveRosterHeader } from './roster.ts'

/** What super-peers may say in their own name; anything else of theirs is refused (design §5.7). */
const SUPER_PEER_EVENTS: ReadonlySet<string> = new Set([
  'x.grp.mem.new',
  'x.grp.mem.intro',
  'x.grp.roster.ack',
  'x.grp.relay.cap',
  'x.grp.leave',
  'x.info',
  'x.ok',
  'x.info.probe',
  'x.info.probe.check',
  'x.info.probe.ok',
  'unknown',
])

/** Gives an event to its handler. Events that groups do not use, and those of newer programs, have no effect. */
export async function dispatch(received: Received): Promise<Outcome> {
  const { event } = received.message
  const { author } = received
  if (author?.role === 'relay' && (received.forwarded || !SUPER_PEER_EVENTS.has(event.type))) {
    return refused('super-peer')
  }
  switch (event.type) {
    case 'x.msg.new':
      return receiveNew(received, event.params)
    case 'x.msg.update':
      return receiveUpdate(received, event.params)
    case 'x.msg.del':
      return receiveDelete(received, event.params)
    case 'x.msg.react':
      return receiveReaction(received, event.params)
    case 'x.msg.file.descr':
      return receiveFileDescription(received, event.params)
    case 'x.file.cancel':
      return receiveFileCancel(received, event.params)
    case 'x.info':
      return receiveInfo(received, event.params)
    case 'x.grp.mem.new':
      return receiveMemberNew(received, event.params.memberInfo)
    case 'x.grp.mem.intro':
      return receiveIntroduction(received, event.params)
    case 'x.grp.mem.role':
      return receiveRole(received, event.params)
    case 'x.grp.mem.restrict':
      return receiveRestriction(received, event.params)
    case 'x.grp.mem.del':
      return receiveRemoval(received, event.params)
    case 'x.grp.leave':
      return receiveLeave(received)
    case 'x.grp.del':
      return receiveGroupDeletion(received)
    case 'x.grp.info':
      return receiveGroupProfile(received, event.params)
    case 'x.grp.prefs':
      return receivePreferences(received, event.params)
    case 'x.grp.relay.new':
      return receiveRelayNew(received, event.params)
    case 'x.grp.roster':
      return receiveRosterHeader(received, event.params)
    case 'x.grp.relay.cap':
      return receiveRelayAnswer(received, { type: 'capabilities', capabilities: event.params.relayCap }, 'relay')
    case 'x.grp.roster.ack': {
      const { version, error } = event.params
      return receiveRelayAnswer(received, { type: 'roster-acknowledged', version, error }, 'relay')
    }
    case 'x.grp.roster.request':
      return receiveRelayAnswer(received, { type: 'roster-requested', version: event.params.version }, 'member')
    default:
      return ignored('not-used')
  }
}
