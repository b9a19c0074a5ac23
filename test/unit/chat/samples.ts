import type { MsgContent } from '../../../core/chat/content.ts'
import type { ChatEventParams, EventName, KnownEvent } from '../../../core/chat/events.ts'
import type { MsgContainer } from '../../../core/chat/msg-container.ts'
import type { GroupProfile, Profile } from '../../../core/chat/profile.ts'
import { fromHex, latin1, utf8 } from '../../../core/codec/bytes.ts'
import type { PrivateKey } from '../../../core/codec/keys.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'

/** The keys and ids of chat §6.2. */
export const ROOT: PrivateKey<'Ed25519'> = { algorithm: 'Ed25519', raw: new Uint8Array(32).fill(1) }
export const MEMBER: PrivateKey<'Ed25519'> = { algorithm: 'Ed25519', raw: new Uint8Array(32).fill(2) }
export const MEMBER_PUBLIC = publicKeyOf(MEMBER)
export const MEMBER_ID = latin1('AAECAwQFBgcICQoL')
export const OTHER_ID = latin1('f0LMxYwlGCf6hRYt')
export const GROUP_ID = fromHex('34750f98bd59fcfc946da45aaabe933be154a4b5094e1c4abf42866505f3c97e')
export const MSG_ID = latin1('1234567890123456')

export const PROFILE: Profile = { displayName: 'alice', fullName: '' }

export const FULL_PROFILE: Profile = {
  displayName: 'bob',
  fullName: 'Bob ✓',
  shortDescr: 'short',
  description: 'long',
  image: 'data:image/png;base64,AAAA',
  contactLink: 'https://smp14.simplex.im/a#0Yd7VqTtqzLQZ1cM7sV0mW8p5Hc1mC3b1iJ0m9x2k3E',
  preferences: { voice: { allow: 'yes' } },
  peerType: 'bot',
  badge: { proof: 'x' },
  contactDomain: { name: 'y' },
}

export const GROUP_PROFILE: GroupProfile = {
  displayName: 'news',
  fullName: '',
  shortDescr: 'all of it',
  description: 'welcome',
  image: 'data:image/jpg;base64,BBBB',
  publicGroup: {
    groupType: 'channel',
    groupLink: 'https://smp14.simplex.im/c#0Yd7VqTtqzLQZ1cM7sV0mW8p5Hc1mC3b1iJ0m9x2k3E',
    publicGroupId: GROUP_ID,
    publicGroupAccess: { groupWebPage: 'https://example.org', domainWebPage: false, allowEmbedding: true },
  },
  groupPreferences: { history: { enable: 'on' }, newer: { enable: 'on', extra: [1, { a: null }] } },
}

export const CONTENTS: readonly MsgContent[] = [
  { type: 'text', text: 'hello' },
  {
    type: 'link',
    text: 'see',
    preview: {
      uri: 'https://example.org',
      title: 't',
      description: 'd',
      image: 'data:image/png;base64,AA==',
      content: { type: 'video', duration: 3 },
    },
  },
  { type: 'image', text: '', image: 'data:image/png;base64,AA==' },
  { type: 'video', text: '', image: 'data:image/png;base64,AA==', duration: 12 },
  { type: 'voice', text: '', duration: 5 },
  { type: 'file', text: 'f' },
  { type: 'report', text: 'why', reason: 'spam' },
  { type: 'report', text: 'why', reason: 'a reason of tomorrow' },
  {
    type: 'chat',
    text: 'join',
    chatLink: { type: 'group', connLink: 'https://x/c#y', groupProfile: GROUP_PROFILE },
    ownerSig: { chatBinding: utf8('G..'), ownerSig: new Uint8Array(64).fill(7) },
  },
  { type: 'chat', text: '', chatLink: { type: 'contact', connLink: 'l', profile: PROFILE, business: false } },
  { type: 'chat', text: '', chatLink: { type: 'invitation', invLink: 'l', profile: PROFILE } },
  { type: 'chat', text: '', chatLink: { type: 'unknown', tag: 'place', json: { type: 'place', at: [1] } } },
  { type: 'unknown', tag: 'x.poll', text: 'vote', json: { type: 'x.poll', text: 'vote', options: ['a', { b: null }] } },
]

const CONTAINER: MsgContainer = {
  content: CONTENTS[0]!,
  mentions: new Map([
    ['bob', { memberId: OTHER_ID }],
    ['__proto__', { memberId: MEMBER_ID }],
  ]),
  file: {
    fileName: 'a.txt',
    fileSize: 10,
    fileDigest: new Uint8Array(64).fill(3),
    fileDescr: { fileDescrText: '', fileDescrPartNo: 0, fileDescrComplete: false },
  },
  ttl: 60,
  live: true,
  scope: { type: 'member', memberId: MEMBER_ID },
  asGroup: true,
  quote: {
    msgRef: { msgId: MSG_ID, sentAt: '2026-03-01T10:00:00.123456Z', sent: false, memberId: OTHER_ID },
    content: CONTENTS[2]!,
  },
  parent: { sentAt: '2026-03-01T10:00:00Z', sent: true },
  forward: true,
  forwardLink: { any: ['thing'] },
}

const INFO = {
  memberId: OTHER_ID,
  memberRole: 'commenter',
  v: { min: 9, max: 19 },
  profile: FULL_PROFILE,
  memberKey: MEMBER_PUBLIC,
}
const FROM = { memberId: MEMBER_ID, memberRole: 'owner' }
const INVITED = { memberId: OTHER_ID, memberRole: 'observer' }

/** At least one value of every event, optional fields with and without. */
export const SAMPLES: { readonly [K in EventName]: readonly ChatEventParams[K][] } = {
  'x.contact': [
    { profile: PROFILE },
    {
      profile: FULL_PROFILE,
      contactReqId: new Uint8Array(16).fill(9),
      welcomeMsgId: MSG_ID,
      msgId: MSG_ID,
      content: CONTENTS[0]!,
      memberKey: MEMBER_PUBLIC,
    },
  ],
  'x.info': [{ profile: PROFILE }, { profile: FULL_PROFILE, memberKey: MEMBER_PUBLIC }],
  'x.info.probe': [{ probe: Uint8Array.of(1, 2, 3) }],
  'x.info.probe.check': [{ probeHash: Uint8Array.of(1, 2, 3) }],
  'x.info.probe.ok': [{ probe: Uint8Array.of(1, 2, 3) }],
  'x.direct.del': [{}],
  'x.ok': [{}],
  'x.call.inv': [{ callId: 'a', invitation: { callType: {} } }],
  'x.call.offer': [{ callId: 'a' }],
  'x.call.answer': [{ callId: 'a' }],
  'x.call.extra': [{ callId: 'a' }],
  'x.call.end': [{ callId: 'a' }],
  'x.msg.new': [...CONTENTS.map((content) => ({ content })), CONTAINER],
  'x.msg.update': [
    { msgId: MSG_ID, content: CONTENTS[0]! },
    { msgId: MSG_ID, content: CONTENTS[1]!, mentions: new Map(), ttl: 0, live: false, asGroup: true },
  ],
  'x.msg.del': [
    { msgId: MSG_ID },
    { msgId: MSG_ID, memberId: OTHER_ID, scope: { type: 'member', memberId: OTHER_ID }, onlyHistory: true },
  ],
  'x.msg.react': [
    { msgId: MSG_ID, reaction: { type: 'emoji', emoji: '👍' }, add: true },
    {
      msgId: MSG_ID,
      memberId: OTHER_ID,
      reaction: { type: 'unknown', tag: 'emoji', json: { type: 'emoji', emoji: '🦖' } },
      add: false,
    },
  ],
  'x.msg.file.descr': [
    { msgId: MSG_ID, fileDescr: { fileDescrText: 'part', fileDescrPartNo: 1, fileDescrComplete: true } },
  ],
  'x.file.cancel': [{ msgId: MSG_ID }],
  'x.file.acpt.inv': [
    { msgId: MSG_ID, fileName: 'f' },
    { msgId: MSG_ID, fileConnReq: 'c', fileName: 'f' },
  ],
  'x.file': [{ file: {} }],
  'x.file.acpt': [{ fileName: 'f' }],
  'x.msg.deleted': [{}],
  'x.grp.inv': [
    {
      groupInvitation: {
        fromMember: FROM,
        invitedMember: INVITED,
        connRequest: 'simplex:/…',
        groupProfile: GROUP_PROFILE,
        business: { kind: 'x' },
        groupLinkId: new Uint8Array(16).fill(4),
        groupSize: 3,
      },
    },
  ],
  'x.grp.acpt': [{ memberId: MEMBER_ID }],
  'x.grp.link.inv': [
    {
      groupLinkInvitation: {
        fromMember: FROM,
        fromMemberName: 'relay',
        invitedMember: INVITED,
        groupProfile: GROUP_PROFILE,
        accepted: 'accepted',
        groupSize: 42,
        ext: ['hist1'],
      },
    },
  ],
  'x.grp.link.reject': [
    {
      groupLinkRejection: {
        fromMember: FROM,
        invitedMember: INVITED,
        groupProfile: GROUP_PROFILE,
        rejectionReason: 'long_name',
      },
    },
  ],
  'x.grp.link.mem': [{ profile: PROFILE }],
  'x.grp.link.acpt': [{ acceptance: 'pending_review', role: 'member', memberId: OTHER_ID }],
  'x.grp.mem.new': [{ memberInfo: INFO }, { memberInfo: INFO, scope: { type: 'member', memberId: OTHER_ID } }],
  'x.grp.mem.intro': [
    { memberInfo: { memberId: OTHER_ID, memberRole: 'owner', profile: PROFILE } },
    { memberInfo: INFO, memberRestrictions: { restriction: 'blocked' } },
  ],
  'x.grp.mem.inv': [{ memberId: OTHER_ID, memberIntro: { groupConnReq: 'g', directConnReq: 'd' } }],
  'x.grp.mem.fwd': [{ memberInfo: INFO, memberIntro: { groupConnReq: 'g' } }],
  'x.grp.mem.info': [{ memberId: OTHER_ID, profile: PROFILE }],
  'x.grp.mem.con': [{ memberId: OTHER_ID }],
  'x.grp.mem.con.all': [{ memberId: OTHER_ID }],
  'x.grp.mem.role': [
    { memberId: OTHER_ID, role: 'moderator' },
    { memberId: OTHER_ID, role: 'x', memberKey: MEMBER_PUBLIC, rosterVersion: 3 },
  ],
  'x.grp.mem.restrict': [{ memberId: OTHER_ID, memberRestrictions: { restriction: 'unrestricted' } }],
  'x.grp.mem.del': [{ memberId: OTHER_ID }, { memberId: OTHER_ID, messages: true, rosterVersion: 7 }],
  'x.grp.leave': [{}],
  'x.grp.del': [{}],
  'x.grp.info': [{ groupProfile: GROUP_PROFILE }],
  'x.grp.prefs': [{ groupPreferences: { voice: { enable: 'off' } } }],
  'x.grp.direct.inv': [
    { connReq: 'c' },
    { connReq: 'c', content: CONTENTS[0]!, scope: { type: 'member', memberId: MEMBER_ID } },
  ],
  'x.grp.msg.forward': [
    {
      memberId: OTHER_ID,
      memberName: 'bob',
      msg: { event: 'x.grp.leave', params: {} },
      msgTs: '2026-03-01T10:00:00Z',
    },
  ],
  'x.member': [
    { profile: PROFILE, newMemberId: MEMBER_ID, newMemberKey: MEMBER_PUBLIC },
    {
      profile: PROFILE,
      newMemberId: MEMBER_ID,
      newMemberKey: MEMBER_PUBLIC,
      viaRelay: OTHER_ID,
      ext: ['hist1', 'dig1'],
    },
  ],
  'x.grp.relay.inv': [
    {
      groupRelayInvitation: {
        fromMember: FROM,
        fromMemberProfile: PROFILE,
        relayMemberId: OTHER_ID,
        groupLink: 'https://x/c#y',
        ext: ['stats1'],
        proof: new Uint8Array(64).fill(5),
      },
    },
  ],
  'x.grp.relay.acpt': [
    { relayLink: 'https://x/g#y' },
    { relayLink: 'https://x/g#y', relayCap: { webDomain: 'example.org', ext: ['stats1', 'sync1'] } },
  ],
  'x.grp.relay.reject': [{ reason: 'rejoin_rejected' }, { reason: 'full' }],
  'x.grp.relay.test': [
    { challenge: new Uint8Array(32).fill(5) },
    { challenge: new Uint8Array(32).fill(5), signature: new Uint8Array(64).fill(6) },
  ],
  'x.grp.relay.new': [{ relayLink: 'https://x/g#z' }],
  'x.grp.relay.cap': [{ relayCap: {} }],
  'x.grp.roster': [{ version: 3, fileInv: { fileSize: 76, fileDigest: new Uint8Array(64).fill(8) } }],
  'x.grp.roster.ack': [{ version: 0 }, { version: 3, error: 'digest' }],
  'x.grp.roster.request': [{}, { version: 2 }],
}

export const SAMPLE_EVENTS: readonly KnownEvent[] = Object.entries(SAMPLES).flatMap(([type, values]) =>
  values.map((params) => ({ type, params }) as KnownEvent),
)

/** Predictable bytes in place of randomness. */
export function counter(): (size: number) => Uint8Array {
  let next = 0
  return (size) => Uint8Array.from({ length: size }, () => next++ & 0xff)
}
