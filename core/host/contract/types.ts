import type { JsonObject } from '../../chat/json.ts'
import type { Profile } from '../../chat/profile.ts'
import type { DeliveryView } from '../../chat/state/shown.ts'
import type {
  CopyView,
  GroupId,
  GroupPreview,
  GroupView,
  MemberRowId,
  MemberView,
  MessageRowId,
  MessageView,
  ProfileId,
  SuperPeerView,
} from '../../group/api.ts'
import type {
  BlockedGroup,
  ServedGroup,
  ServingRequest,
  ServingRequestId,
  SuperPeerAddress,
  SuperPeerStatistics,
} from '../../superpeer/api.ts'
import type { Position } from '../changes.ts'
import type { SettingName } from '../config.ts'
import type { LoggedWarning } from '../log.ts'
import type { InstanceView } from './backup.ts'
import type { ContactChange, ContactsSnapshot } from './contacts.ts'

/**
 * What the local API answers with: the views of the layers below, where bytes have become base64url and the network's
 * objects JSON. Times are milliseconds since 1970.
 */
export type {
  BlockedGroup,
  CopyView,
  DeliveryView,
  MemberView,
  Position,
  ServedGroup,
  ServingRequest,
  SuperPeerAddress,
  SuperPeerStatistics,
  SuperPeerView,
}

export type Group = Omit<GroupView, 'groupProfile' | 'lastMessage'> & { readonly lastMessage: Message | undefined }

/** `content` is the network's JSON (chat §2.5). */
export type Message = Omit<MessageView, 'content' | 'quote' | 'reactions'> & {
  readonly content: JsonObject
  readonly quote:
    | {
        readonly message: MessageRowId | undefined
        readonly text: string
        readonly authorName: string | undefined
        readonly sent: boolean
      }
    | undefined
  readonly reactions: readonly { readonly emoji: string; readonly count: number; readonly own: boolean }[]
}

export type Preview = Omit<GroupPreview, 'groupProfile'> & {
  readonly displayName: string
  readonly fullName: string
  readonly description: string | undefined
  readonly image: string | undefined
}

export interface ProfileView {
  readonly id: ProfileId
  readonly displayName: string
  readonly fullName: string
  readonly image: string | undefined
  readonly superPeer: boolean
}

export interface RouterState {
  /** Without password. */
  readonly address: string
  /** This host's embedded router. */
  readonly embedded: boolean
  /** Undefined before the first attempt. */
  readonly connected: boolean | undefined
}

export interface HostStatus {
  readonly version: string
  readonly startedAt: number
  readonly routers: readonly RouterState[]
  readonly profiles: number
  readonly groups: number
  readonly connections: { readonly total: number; readonly subscribed: number; readonly pendingMessages: number }
  /** Bytes. */
  readonly memory: number
  readonly databaseSize: number
  /** Milliseconds of processor time since the start, and how many processors there are. */
  readonly processor: { readonly used: number; readonly count: number }
  /** When the figures were taken. */
  readonly at: number
}

/** A browser that is signed in. */
export interface SessionView {
  readonly id: string
  /** "Firefox, Linux", or empty. */
  readonly browser: string
  readonly createdAt: number
  readonly lastUsed: number
  readonly expires: number
}

/** A link that signs one browser in, once. */
export interface SignInLink {
  readonly link: string
  readonly expires: number
}

export interface SettingsView {
  readonly values: Readonly<Record<string, unknown>>
  /** Changed since the start, taken over at the next one. */
  readonly waitingForRestart: readonly SettingName[]
  /** Given on the command line, which stands above what is set here. */
  readonly fixed: readonly SettingName[]
  readonly defaults: Readonly<Record<string, unknown>>
  /** Of settings that are numbers. */
  readonly ranges: Readonly<Record<string, { readonly min: number; readonly max: number }>>
}

/** A router of the list of operators. */
export interface RouterPreset {
  /** Name of the operator. */
  readonly operator: string
  readonly address: string
  /** Suggested for new queues. */
  readonly enabled: boolean
}

/** What helps to find out why something does not work; without secrets. */
export interface Diagnostics {
  readonly at: number
  readonly version: string
  readonly node: string
  readonly openssl: string
  readonly platform: string
  readonly startedAt: number
  readonly status: Pick<
    HostStatus,
    'profiles' | 'groups' | 'connections' | 'memory' | 'databaseSize' | 'processor' | 'at'
  >
  readonly serving: Pick<SuperPeerStatistics, 'groups' | 'connected' | 'connecting' | 'paused' | 'disabled' | 'lag'> & {
    readonly waiting: number
  }
  readonly routers: readonly (Omit<RouterState, 'address'> & { readonly host: string })[]
  /** Names and plain values. */
  readonly changedSettings: Readonly<Record<string, string>>
  readonly waitingForRestart: readonly SettingName[]
  readonly warnings: readonly LoggedWarning[]
}

/** Everything that the interface begins with; `position` is where `changes.follow` goes on. */
export interface Snapshot extends ContactsSnapshot {
  readonly position: Position
  readonly profiles: readonly ProfileView[]
  readonly groups: readonly Group[]
  readonly superPeers: readonly SuperPeerView[]
  readonly serving: {
    readonly address: SuperPeerAddress | undefined
    readonly requests: readonly ServingRequest[]
    readonly blocked: readonly BlockedGroup[]
    readonly groups: readonly ServedGroup[]
  }
  readonly routers: readonly RouterState[]
}

/** One change, with the state of what it speaks of at the time of reading. */
export type Change =
  | ContactChange
  | { readonly type: 'profile'; readonly profile: ProfileView }
  | {
      readonly type: 'group'
      readonly id: GroupId
      readonly change: 'created' | 'ready' | 'updated' | 'joined' | 'left' | 'removed' | 'deleted' | 'failed'
      /** Undefined once it is forgotten. */
      readonly group: Group | undefined
      readonly error: string | undefined
    }
  | { readonly type: 'super-peer'; readonly superPeer: SuperPeerView }
  | { readonly type: 'super-peer-gone'; readonly group: GroupId; readonly superPeer: MemberRowId }
  | {
      readonly type: 'member'
      readonly group: GroupId
      readonly member: MemberRowId
      readonly change: 'added' | 'updated' | 'left' | 'removed'
    }
  | {
      readonly type: 'message'
      readonly group: GroupId
      readonly id: MessageRowId
      readonly change: 'added' | 'updated' | 'deleted'
      readonly message: Message | undefined
    }
  | {
      readonly type: 'message-state'
      readonly group: GroupId
      readonly message: MessageRowId
      readonly delivery: DeliveryView
    }
  | { readonly type: 'request'; readonly request: ServingRequest }
  | { readonly type: 'request-gone'; readonly request: ServingRequestId; readonly group: GroupId | undefined }
  /** The address under which this host is asked to serve; undefined while it is not. */
  | { readonly type: 'address'; readonly address: SuperPeerAddress | undefined }
  /** Groups that may not ask any more. */
  | { readonly type: 'blocked'; readonly blocked: readonly BlockedGroup[] }
  | {
      readonly type: 'served-group'
      readonly id: GroupId
      readonly change: 'added' | 'status' | 'members' | 'ended'
      readonly status: ServedGroup['status']
    }
  | {
      readonly type: 'refused'
      readonly by: 'group' | 'super-peer'
      readonly group: GroupId | undefined
      readonly member: MemberRowId | undefined
      readonly event: string
      readonly reason: string
    }
  | { readonly type: 'router'; readonly router: RouterState }
  /** This copy of the database is held, or not any more. */
  | { readonly type: 'instance'; readonly instance: InstanceView }
  /** The person's list of super-peers. */
  | { readonly type: 'known'; readonly known: KnownView }

export type ChangeMessage =
  /** Too much was missed: take a snapshot and follow from there. */
  { readonly position: Position; readonly reset: true } | { readonly position: Position; readonly change: Change }

/** Steps of creating and joining; the stream ends when nothing is under way any more. */
export type GroupProgress =
  | { readonly step: 'group'; readonly group: Group }
  | { readonly step: 'super-peer'; readonly superPeer: SuperPeerView }
  /** The first super-peer is active: an owner can confirm, a member can read and write. */
  | { readonly step: 'usable'; readonly group: Group }
  | { readonly step: 'done'; readonly group: Group }

export interface TestResult {
  readonly profile: Pick<Profile, 'displayName' | 'fullName' | 'image'>
  /** Milliseconds. */
  readonly roundTrip: number
}

/** The person's list of operators and super-peers, across groups. */
export interface KnownView {
  readonly operators: readonly OperatorView[]
  readonly superPeers: readonly KnownSuperPeer[]
}

/** Whoever runs super-peers, from the list that comes with the program or lies in the host's folder. */
export interface OperatorView {
  readonly id: string
  readonly name: string
  readonly legalName: string | undefined
  readonly website: string | undefined
  /** Who they are, by language. */
  readonly about: Readonly<Record<string, string>>
  readonly image: string | undefined
  readonly enabled: boolean
  /** How many of theirs are suggested for a new group. */
  readonly preselected: number
}

export interface KnownSuperPeer {
  /** Names it. */
  readonly address: string
  readonly name: string
  readonly image: string | undefined
  /** Undefined: added by the person. */
  readonly operator: string | undefined
  /** Its own switch; the operator's counts too. */
  readonly enabled: boolean
  /** The last test: a round trip in milliseconds, or the code of what failed. */
  readonly test:
    | { readonly at: number; readonly roundTrip: number | undefined; readonly error: string | undefined }
    | undefined
}

export type StatisticsRange = 'day' | 'week' | 'month' | 'all'

/** Figures of an own group. */
export interface GroupStatistics {
  readonly group: GroupId
  readonly range: StatisticsRange
  readonly from: number
  readonly to: number
  /** Milliseconds from point to point. */
  readonly step: number
  /** False where the owner turned counting off. */
  readonly counting: boolean
  readonly members: number
  /** Who wrote since `from`. */
  readonly writers: number
  /** Own events that are not with every super-peer yet. */
  readonly waiting: { readonly events: number; readonly oldest: number | undefined }
  /** At `from`, and in the same time before it; undefined where nothing is known. */
  readonly before: { readonly members: number | undefined; readonly messages: number | undefined } | undefined
  /** One for each step. */
  readonly points: readonly StatisticsPoint[]
  readonly superPeers: readonly SuperPeerFigures[]
}

export interface StatisticsPoint {
  readonly at: number
  /** Undefined where the host did not run. */
  readonly members: number | undefined
  readonly waiting: number | undefined
  readonly messages: number
  readonly writers: number
  readonly joined: number
  readonly gone: number
  /** Own messages, and those that a super-peer took within a minute. */
  readonly sent: number
  readonly prompt: number
}

export interface SuperPeerFigures {
  readonly superPeer: MemberRowId
  /** Of `expected` events of others since `from`. */
  readonly delivered: number
  readonly expected: number
  /** Milliseconds behind the first copy, on average. */
  readonly lag: number | undefined
  /** Own events that wait for it. */
  readonly waiting: number
}
