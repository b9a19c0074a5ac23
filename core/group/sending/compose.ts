import { authorBatches } from '../../chat/batch.ts'
import type { ChatEvent } from '../../chat/events.ts'
import type { SharedMsgId } from '../../chat/ids.ts'
import { type GroupAuthor, groupElement, type OutgoingElement, type OutgoingEvent } from '../../chat/outgoing.ts'
import { redactProfile } from '../../chat/permissions.ts'
import type { Profile } from '../../chat/profile.ts'
import { sized } from '../../chat/sized.ts'
import { ownProfile } from '../../chat/state/profiles.ts'
import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { MessageRowId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import type { Group } from '../state/groups.ts'
import { memberByRow, setMemberProfile } from '../state/members.ts'
import { insertEvent } from '../state/messages.ts'
import { type DeliveryOptions, deliverBody } from './deliveries.ts'

/** Who we are in a group, to sign and to be shown. */
export async function authorOf(tx: Tx, group: Group): Promise<GroupAuthor> {
  if (group.publicGroupId === undefined) throw new HearthError('usage', 'not-active', 'the group is not known yet')
  const own = await memberByRow(tx, group.ownMember)
  return {
    publicGroupId: group.publicGroupId,
    memberId: group.ownMemberId,
    key: group.ownKey,
    name: own?.name ?? '',
  }
}

/** Our profile as this group may see it. */
export async function profileFor(
  tx: Tx,
  group: Group,
): Promise<{ readonly profile: Profile; readonly changedAt: number }> {
  const own = await memberByRow(tx, group.ownMember)
  const identity = await ownProfile(tx, group.profile)
  const profile = group.ownProfile ?? identity?.profile
  if (profile === undefined) throw new HearthError('usage', 'no-profile', 'the profile does not exist')
  return {
    profile: redactProfile(profile, group.groupProfile.groupPreferences, own?.role ?? 'observer'),
    changedAt: group.ownProfile === undefined ? (identity?.updatedAt ?? 0) : 0,
  }
}

export interface SendEventsOptions extends DeliveryOptions {
  readonly message?: MessageRowId
  /** Asks the router to notify. */
  readonly notify?: boolean
}

/** Encodes an own event. Errors: usage `large`. */
export async function encodeOwn(
  context: GroupContext,
  tx: Tx,
  group: Group,
  outgoing: OutgoingEvent,
): Promise<OutgoingElement> {
  const author = await authorOf(tx, group)
  return sized(() => groupElement(author, outgoing, (size) => context.env.random(size)))
}

/** Sends own events to every super-peer, and remembers their ids: they come back (chat §11.12). */
export async function sendEvents(
  context: GroupContext,
  tx: Tx,
  group: Group,
  outgoing: readonly OutgoingEvent[],
  options: SendEventsOptions = {},
): Promise<OutgoingElement[]> {
  const elements: OutgoingElement[] = []
  for (const item of outgoing) elements.push(await encodeOwn(context, tx, group, item))
  await sendElements(context, tx, group, elements, options)
  return elements
}

export async function sendElements(
  context: GroupContext,
  tx: Tx,
  group: Group,
  elements: readonly OutgoingElement[],
  options: SendEventsOptions = {},
): Promise<void> {
  for (const element of elements) {
    await rememberOwn(context, tx, group, element.event, element.msgId, element.signed !== undefined, options.message)
    const own = {
      group: group.id,
      sharedMsgId: element.msgId,
      message: options.message,
      event: element.event.type,
      body: element.element,
      notify: options.notify === true,
    }
    await deliverBody(context, tx, own, options)
  }
}

async function rememberOwn(
  context: GroupContext,
  tx: Tx,
  group: Group,
  event: ChatEvent,
  sharedMsgId: SharedMsgId,
  signed: boolean,
  message: MessageRowId | undefined,
): Promise<void> {
  await insertEvent(tx, {
    group: group.id,
    sharedMsgId,
    event: event.type,
    sender: group.ownMember,
    message,
    signed,
    now: context.env.clock.now(),
  })
}

/** Elements that belong together, in as few bodies as they fit. */
export async function sendTogether(
  context: GroupContext,
  tx: Tx,
  group: Group,
  first: OutgoingElement,
  following: readonly Uint8Array[],
  options: SendEventsOptions = {},
): Promise<void> {
  await rememberOwn(context, tx, group, first.event, first.msgId, first.signed !== undefined, undefined)
  for (const body of authorBatches([first.element, ...following])) {
    const own = { group: group.id, sharedMsgId: first.msgId, event: first.event.type, body, notify: false }
    await deliverBody(context, tx, own, options)
  }
}

/** Members hear of a changed profile before what its owner says next (chat §5.8). */
export async function sendProfileIfChanged(context: GroupContext, tx: Tx, group: Group): Promise<void> {
  if (group.ownProfile !== undefined) return
  const { profile, changedAt } = await profileFor(tx, group)
  if (changedAt <= group.row.profile_sent_at) return
  await sendEvents(context, tx, group, [{ event: { type: 'x.info', params: { profile } } }])
  await tx.run('UPDATE groups SET profile_sent_at = ? WHERE group_id = ?', changedAt, group.id)
  await setMemberProfile(tx, group.ownMember, profile)
}
