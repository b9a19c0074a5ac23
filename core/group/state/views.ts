import type { Selectable } from 'kysely'
import { acceptedMentions, type MsgContainer } from '../../chat/msg-container.ts'
import { groupPreference } from '../../chat/preferences.ts'
import { maySend } from '../../chat/roles.ts'
import { containerOf } from '../../chat/state/columns.ts'
import { expiryOf } from '../../chat/state/expiry.ts'
import { type MessagePage, type ReactionCount, type ReactionView, reactionView } from '../../chat/state/shown.ts'
import { base64url } from '../../codec/base64url.ts'
import { equal } from '../../codec/bytes.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupMembersTable } from '../../store/schema/chat.ts'
import type {
  CopyView,
  GroupId,
  GroupView,
  MemberPage,
  MemberView,
  MessageRowId,
  MessageView,
  SuperPeerView,
} from '../api.ts'
import { deliveryView } from '../sending/deliveries.ts'
import { allGroups, type Group, groupById } from './groups.ts'
import { isRemoved, type Member, memberByRow, memberOf } from './members.ts'
import { type MessageRow, messageByRow, messageByShared } from './messages.ts'
import { type Relay, relaysOf, superPeerView } from './relays.ts'

/** What screens show. */

export async function listGroups(tx: Tx): Promise<GroupView[]> {
  const views: GroupView[] = []
  for (const group of await allGroups(tx)) {
    if (group.part !== 'super-peer') views.push(await viewOf(tx, group))
  }
  return views.sort((a, b) => b.activeAt - a.activeAt)
}

export async function groupView(tx: Tx, id: GroupId): Promise<GroupView | undefined> {
  const group = await groupById(tx, id)
  return group === undefined || group.part === 'super-peer' ? undefined : viewOf(tx, group)
}

async function viewOf(tx: Tx, group: Group): Promise<GroupView> {
  const own = await memberByRow(tx, group.ownMember)
  const relays = await shownRelays(tx, group)
  const unread = await tx.get<{ n: number }>(
    `SELECT count(*) AS n FROM chat_messages WHERE group_id = ? AND message > ? AND sent = 0 AND scope IS NULL
       AND kind = 'content' AND hidden = 0 AND deleted_at IS NULL`,
    group.id,
    group.row.read_message,
  )
  const profile = group.groupProfile
  const role = own?.role ?? 'observer'
  return {
    id: group.id,
    profile: group.profile,
    part: group.part,
    status: group.status,
    displayName: profile.displayName,
    fullName: profile.fullName,
    description: profile.description,
    image: profile.image,
    link: group.link,
    publicGroupId: group.publicGroupId && base64url(group.publicGroupId),
    groupProfile: profile,
    ownMember: group.ownMember,
    role,
    mayWrite: group.status === 'active' && maySend(role) && own?.blocked !== true,
    writers: group.writers,
    history: groupPreference(profile.groupPreferences, 'history').enable,
    memberCount: group.memberCount,
    superPeers: {
      total: relays.length,
      active: relays.filter(({ row }) => row.status === 'active').length,
      connected: relays.filter(({ row }) => row.ready === 1).length,
    },
    unread: unread!.n,
    unreadMentions: unread!.n === 0 ? [] : await unreadMentions(tx, group),
    readMessage: group.row.read_message,
    lastMessage: group.row.last_message === null ? undefined : await messageView(tx, group.row.last_message),
    flags: {
      muted: group.row.muted === 1,
      pinned: group.row.pinned === 1,
      archived: group.row.archived === 1,
    },
    incognito: group.ownProfile,
    error: group.row.error ?? undefined,
    createdAt: group.createdAt,
    activeAt: group.row.active_at,
  }
}

export async function memberViews(tx: Tx, id: GroupId, page: MemberPage = {}): Promise<MemberView[]> {
  const limit = Math.min(Math.max(page.limit ?? 200, 1), 1000)
  const { only } = page
  if (only?.length === 0) return []
  const chosen = only === undefined ? '' : `AND member IN (${only.map(() => '?').join(', ')})`
  const active = page.active === true ? "AND (wrote_at IS NOT NULL OR role IN ('moderator', 'admin', 'owner'))" : ''
  const rows = await tx.all<Selectable<GroupMembersTable>>(
    `SELECT * FROM group_members WHERE group_id = ? AND member > ? AND role != 'relay'
       AND status NOT IN ('removed', 'left', 'rejected', 'unknown') ${active} ${chosen} ORDER BY member LIMIT ?`,
    id,
    page.after ?? 0,
    ...(only ?? []),
    limit,
  )
  return rows.map((row) => memberView(memberOf(row)))
}

function memberView(member: Member): MemberView {
  return {
    id: member.id,
    group: member.group,
    memberId: member.memberId && base64url(member.memberId),
    role: member.role,
    status: member.status,
    blocked: member.blocked,
    self: member.category === 'user',
    displayName: member.name,
    profile: member.profile,
    keyOrigin: member.keyOrigin,
    joinedAt: member.row.joined_at ?? undefined,
    wroteAt: member.row.wrote_at ?? undefined,
  }
}

/** In the order of the conversation, oldest first. */
export async function messageViews(tx: Tx, id: GroupId, page: MessagePage = {}): Promise<MessageView[]> {
  const limit = Math.min(Math.max(page.limit ?? 50, 1), 500)
  const conditions = ["group_id = ? AND scope IS NULL AND kind = 'content' AND hidden = 0"]
  const parameters: (string | number)[] = [id]
  for (const [name, comparison] of [
    ['before', '<'],
    ['after', '>'],
  ] as const) {
    const edge = page[name]
    const row = edge === undefined ? undefined : await messageByRow(tx, edge)
    if (row === undefined) continue
    conditions.push(`(time, message) ${comparison} (?, ?)`)
    parameters.push(row.time, row.message)
  }
  if (page.search !== undefined && page.search !== '') {
    conditions.push("lower(text) LIKE lower(?) ESCAPE '\\'")
    parameters.push(`%${page.search.replace(/[\\%_]/g, '\\$&')}%`)
  }
  const forward = page.after !== undefined && page.before === undefined
  const rows = await tx.all<MessageRow>(
    `SELECT * FROM chat_messages WHERE ${conditions.join(' AND ')}
     ORDER BY time ${forward ? 'ASC' : 'DESC'}, message ${forward ? 'ASC' : 'DESC'} LIMIT ?`,
    ...parameters,
    limit,
  )
  if (!forward) rows.reverse()
  const names = new Map<number, Member | undefined>()
  const views: MessageView[] = []
  for (const row of rows) views.push(await viewOfMessage(tx, row, names))
  return views
}

export async function messageView(tx: Tx, message: MessageRowId): Promise<MessageView | undefined> {
  const row = await messageByRow(tx, message)
  return row && viewOfMessage(tx, row, new Map())
}

async function viewOfMessage(tx: Tx, row: MessageRow, known: Map<number, Member | undefined>): Promise<MessageView> {
  const container = containerOf(row)
  const author = row.author ?? undefined
  const quoted = row.quoted_msg_id === null ? undefined : await messageByShared(tx, row.group_id, row.quoted_msg_id)
  for (const member of [author, quoted?.author ?? undefined]) {
    if (member !== undefined && !known.has(member)) known.set(member, await memberByRow(tx, member))
  }
  const copies = await tx.get<{ copies_differ: number }>(
    'SELECT copies_differ FROM chat_events WHERE group_id = ? AND shared_msg_id = ?',
    row.group_id,
    row.shared_msg_id,
  )
  return {
    id: row.message,
    group: row.group_id,
    sharedMsgId: base64url(row.shared_msg_id),
    author,
    authorName: author === undefined ? undefined : known.get(author)?.name,
    sent: row.sent === 1,
    asGroup: row.as_group === 1,
    content: container.content,
    text: container.content.text,
    quote: container.quote && {
      message: quoted?.message,
      content: container.quote.content,
      authorName: known.get(quoted?.author ?? 0)?.name,
      sent: quoted?.sent === 1,
    },
    time: row.time,
    receivedAt: row.created_at,
    editedAt: row.edited_at ?? undefined,
    disappears: expiryOf(row),
    deletedAt: row.deleted_at ?? undefined,
    deletedBy: row.deleted_by ?? undefined,
    hidden: row.hidden === 1,
    signed: row.signed,
    copiesDiffer: copies?.copies_differ === 1,
    mentioned: row.sent === 0 && (await mentionsUs(tx, row.group_id, container)),
    reactions: await reactionsOf(tx, row),
    delivery: row.sent === 1 ? await deliveryView(tx, row.message) : undefined,
  }
}

/** How many unread mentions are counted. */
const MAX_UNREAD_MENTIONS = 99

async function unreadMentions(tx: Tx, group: Group): Promise<MessageRowId[]> {
  const rows = await tx.all<MessageRow>(
    `SELECT * FROM chat_messages WHERE group_id = ? AND message > ? AND sent = 0 AND scope IS NULL
       AND kind = 'content' AND hidden = 0 AND deleted_at IS NULL AND container LIKE '%"mentions":{%'
     ORDER BY message LIMIT 1000`,
    group.id,
    group.row.read_message,
  )
  return rows
    .filter((row) => namesMember(containerOf(row), group.ownMemberId))
    .slice(0, MAX_UNREAD_MENTIONS)
    .map(({ message }) => message)
}

function namesMember(container: MsgContainer, memberId: Uint8Array): boolean {
  return [...acceptedMentions(container).values()].some((mention) => equal(mention.memberId, memberId))
}

async function mentionsUs(tx: Tx, group: GroupId, container: MsgContainer): Promise<boolean> {
  if (acceptedMentions(container).size === 0) return false
  const own = await tx.get<{ member_id: Uint8Array }>(
    'SELECT m.member_id FROM groups g JOIN group_members m ON m.member = g.own_member WHERE g.group_id = ?',
    group,
  )
  return own !== undefined && namesMember(container, own.member_id)
}

async function reactionsOf(tx: Tx, row: MessageRow): Promise<ReactionView[]> {
  const rows = await tx.all<ReactionCount>(
    `SELECT min(r.reaction) AS reaction, count(*) AS n, max(r.member = g.own_member) AS own
     FROM chat_reactions r JOIN groups g ON g.group_id = ? WHERE r.message = ?
     GROUP BY r.reaction_key ORDER BY min(r.time), r.reaction_key`,
    row.group_id,
    row.message,
  )
  return rows.map(reactionView)
}

export async function superPeerViews(tx: Tx, id: GroupId): Promise<SuperPeerView[]> {
  const group = await groupById(tx, id)
  return group === undefined ? [] : (await shownRelays(tx, group)).map(superPeerView)
}

/** To a member, super-peers that left or were removed are no longer the group's. */
async function shownRelays(tx: Tx, group: Group): Promise<Relay[]> {
  const relays = await relaysOf(tx, group.id)
  if (group.part !== 'member') return relays
  return relays.filter(({ member, row }) => row.status !== 'inactive' || !isRemoved(member.status))
}

export async function copyViews(tx: Tx, message: MessageRowId): Promise<CopyView[]> {
  const copies = await tx.all<{ relay: number; name: string | null; received_at: number | null; same: number }>(
    `SELECT c.relay, g.name, c.received_at, (e.digest IS NULL OR c.digest = e.digest) AS same
     FROM chat_messages m
     JOIN chat_copies c ON c.group_id = m.group_id AND c.shared_msg_id = m.shared_msg_id
     LEFT JOIN chat_events e ON e.group_id = m.group_id AND e.shared_msg_id = m.shared_msg_id
     LEFT JOIN group_members g ON g.member = c.relay
     WHERE m.message = ? AND m.sent = 0
     UNION ALL
     SELECT d.relay, g.name, CASE d.state WHEN 'taken' THEN d.at END, 1
     FROM chat_messages m
     JOIN chat_sends s ON s.message = m.message AND s.event = 'x.msg.new'
     JOIN chat_deliveries d ON d.send = s.send
     LEFT JOIN group_members g ON g.member = d.relay
     WHERE m.message = ? AND m.sent = 1
     ORDER BY 3 NULLS LAST, 1`,
    message,
    message,
  )
  return copies.map((row) => ({
    superPeer: row.relay,
    name: row.name ?? '',
    receivedAt: row.received_at ?? undefined,
    same: row.same === 1,
  }))
}
