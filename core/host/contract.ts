import { type ContractRouterClient, eventIterator, type } from '@orpc/contract'
import { z } from 'zod'
import { backupContract, instanceContract } from './contract/backup.ts'
import { api, none } from './contract/base.ts'
import { contactMessagesContract, contactsContract } from './contract/contacts.ts'
import type {
  BlockedGroup,
  ChangeMessage,
  CopyView,
  Diagnostics,
  Group,
  GroupProgress,
  GroupStatistics,
  HostStatus,
  KnownView,
  MemberView,
  Message,
  Preview,
  ProfileView,
  RouterPreset,
  ServedGroup,
  ServingRequest,
  SessionView,
  SettingsView,
  SignInLink,
  Snapshot,
  SuperPeerAddress,
  SuperPeerStatistics,
  SuperPeerView,
  TestResult,
} from './contract/types.ts'

/**
 * The local API: everything that the interface and `hearth ctl` do with a host. Inputs are checked by the host; what it
 * answers is its own and only typed. Long work is a stream: ending the stream ends the watching, not the work, which
 * survives restarts; `groups.remove` ends that.
 */

const id = z.number().int().positive()
const name = z.string().trim().min(1).max(100)
/** The network's objects are small: 15,610 bytes for a whole message (chat §1.6). */
const text = z.string().max(16_000)
const image = z.string().max(16_000).startsWith('data:')
const link = z.string().trim().min(1).max(4096)
const inGroup = z.object({ group: id })
const withMember = z.object({ group: id, member: id })
const withSuperPeer = z.object({ group: id, superPeer: id })
const withMessage = z.object({ group: id, message: id })
const position = z.object({ epoch: z.string().max(64), sequence: z.number().int().nonnegative() })

const profileFields = {
  displayName: name,
  fullName: z.string().max(200).exactOptional(),
  image: image.exactOptional(),
}

export const contract = {
  host: {
    status: api.input(none).output(type<HostStatus>()),
    settings: api.input(none).output(type<SettingsView>()),
    /** Writes config.json; takes effect at once where the setting allows it. Null returns to the default. */
    setSettings: api.input(z.object({ values: z.record(z.string(), z.unknown()) })).output(type<SettingsView>()),
    /** Orderly stop. */
    stop: api.input(none).output(type<void>()),
    /** Orderly stop and a new start in the same process: takes over what waits for it. Clients connect again. */
    restart: api.input(none).output(type<void>()),
    diagnostics: api.input(none).output(type<Diagnostics>()),
  },
  routers: {
    /** Of the operators' list, which can be chosen for the setting `routers`. */
    presets: api.input(none).output(type<readonly RouterPreset[]>()),
    /** Makes a queue there and deletes it; the round trip in milliseconds. */
    test: api.input(z.object({ address: link })).output(type<{ readonly roundTrip: number }>()),
  },
  /** Browsers beside this host. */
  sessions: {
    signIn: api.input(none).output(type<SignInLink>()),
    list: api.input(none).output(type<readonly SessionView[]>()),
    /** Its connections end at once. */
    revoke: api.input(z.object({ session: z.string().min(1).max(64) })).output(type<void>()),
  },
  changes: {
    snapshot: api.input(none).output(type<Snapshot>()),
    follow: api.input(position).output(eventIterator(type<ChangeMessage>())),
  },
  profiles: {
    list: api.input(none).output(type<readonly ProfileView[]>()),
    create: api.input(z.object(profileFields)).output(type<ProfileView>()),
    /** Null takes the picture away. */
    update: api
      .input(z.object({ profile: id, ...profileFields, image: image.nullable().exactOptional() }))
      .output(type<ProfileView>()),
  },
  groups: {
    list: api.input(none).output(type<readonly Group[]>()),
    get: api.input(inGroup).output(type<Group>()),
    create: api
      .input(
        z.object({
          profile: id,
          displayName: name,
          fullName: z.string().max(200).exactOptional(),
          description: text.exactOptional(),
          image: image.exactOptional(),
          writers: z.enum(['everyone', 'owners']).default('everyone'),
          history: z.boolean().default(true),
          superPeers: z.array(link).min(1).max(32),
        }),
      )
      .output(eventIterator(type<GroupProgress>())),
    /** The progress of creating or joining, from where it stands. */
    progress: api.input(inGroup).output(eventIterator(type<GroupProgress>())),
    confirm: api.input(inGroup).output(type<Group>()),
    preview: api.input(z.object({ link })).output(type<Preview>()),
    join: api
      .input(z.object({ profile: id, link, incognito: z.object(profileFields).exactOptional() }))
      .output(eventIterator(type<GroupProgress>())),
    update: api
      .input(
        z.object({
          group: id,
          displayName: name.exactOptional(),
          fullName: z.string().max(200).exactOptional(),
          description: text.nullable().exactOptional(),
          image: image.nullable().exactOptional(),
          history: z.boolean().exactOptional(),
          writers: z.enum(['everyone', 'owners']).exactOptional(),
        }),
      )
      .output(type<Group>()),
    flags: api
      .input(
        z.object({
          group: id,
          muted: z.boolean().exactOptional(),
          pinned: z.boolean().exactOptional(),
          archived: z.boolean().exactOptional(),
        }),
      )
      .output(type<Group>()),
    resync: api.input(inGroup).output(type<void>()),
    leave: api.input(inGroup).output(type<void>()),
    /** Ends an own group for everybody, finished or not. */
    remove: api.input(inGroup).output(type<void>()),
    /** Drops the history of a group that is over. */
    forget: api.input(inGroup).output(type<void>()),
  },
  members: {
    list: api
      .input(
        z.object({
          group: id,
          after: id.exactOptional(),
          limit: z.number().int().min(1).max(1000).exactOptional(),
          active: z.boolean().exactOptional(),
          only: z.array(id).max(200).exactOptional(),
        }),
      )
      .output(type<readonly MemberView[]>()),
    setRole: api
      .input(withMember.extend({ role: z.enum(['observer', 'author', 'member', 'moderator', 'admin', 'owner']) }))
      .output(type<void>()),
    block: api.input(withMember.extend({ blocked: z.boolean() })).output(type<void>()),
    remove: api.input(withMember.extend({ messages: z.boolean().default(false) })).output(type<void>()),
  },
  superPeers: {
    list: api.input(inGroup).output(type<readonly SuperPeerView[]>()),
    add: api.input(z.object({ group: id, address: link })).output(type<SuperPeerView>()),
    retry: api.input(withSuperPeer).output(type<SuperPeerView>()),
    remove: api.input(withSuperPeer).output(type<void>()),
    /** Asks the super-peer behind an address who it is; `known` keeps the outcome where it lists the address. */
    test: api.input(z.object({ profile: id, address: link })).output(type<TestResult>()),
  },
  /** The person's list of operators and super-peers, across groups. Each answers with the list as it is then. */
  known: {
    list: api.input(none).output(type<KnownView>()),
    setOperator: api.input(z.object({ operator: z.string().max(64), enabled: z.boolean() })).output(type<KnownView>()),
    add: api
      .input(
        z.object({
          address: link,
          name,
          image: image.exactOptional(),
          /** Of the test that went before, in milliseconds. */
          roundTrip: z.number().min(0).max(3_600_000).exactOptional(),
        }),
      )
      .output(type<KnownView>()),
    update: api
      .input(z.object({ address: link, name: name.exactOptional(), enabled: z.boolean().exactOptional() }))
      .output(type<KnownView>()),
    remove: api.input(z.object({ address: link })).output(type<KnownView>()),
  },
  statistics: {
    group: api
      .input(z.object({ group: id, range: z.enum(['day', 'week', 'month', 'all']) }))
      .output(type<GroupStatistics>()),
  },
  messages: {
    /** In the order of the conversation, the newest of the page last. */
    list: api
      .input(
        z.object({
          group: id,
          before: id.exactOptional(),
          after: id.exactOptional(),
          limit: z.number().int().min(1).max(500).exactOptional(),
          search: z.string().max(200).exactOptional(),
        }),
      )
      .output(type<readonly Message[]>()),
    get: api.input(z.object({ message: id })).output(type<Message>()),
    send: api
      .input(
        z.object({
          group: id,
          text,
          /** A small picture, inside the message itself. */
          image: image.exactOptional(),
          quote: id.exactOptional(),
          mentions: z
            .array(z.object({ name, member: id }))
            .max(3)
            .exactOptional(),
          asGroup: z.boolean().exactOptional(),
          sign: z.boolean().exactOptional(),
        }),
      )
      .output(type<Message>()),
    edit: api.input(withMessage.extend({ text })).output(type<void>()),
    delete: api.input(withMessage).output(type<void>()),
    react: api.input(withMessage.extend({ emoji: z.string().min(1).max(32), add: z.boolean() })).output(type<void>()),
    markRead: api.input(withMessage).output(type<void>()),
    deliveredBy: api.input(z.object({ message: id })).output(type<readonly CopyView[]>()),
  },
  contacts: contactsContract,
  contactMessages: contactMessagesContract,
  serving: {
    enable: api
      .input(z.object({ displayName: name, image: image.exactOptional(), autoAccept: z.boolean().default(true) }))
      .output(type<SuperPeerAddress>()),
    disable: api.input(none).output(type<void>()),
    /** Another address, on a router chosen now; the old one stops working. */
    renewAddress: api.input(none).output(type<SuperPeerAddress>()),
    address: api.input(none).output(type<SuperPeerAddress | null>()),
    requests: api.input(none).output(type<readonly ServingRequest[]>()),
    accept: api.input(z.object({ request: id })).output(type<void>()),
    reject: api.input(z.object({ request: id })).output(type<void>()),
    /** Forgets what that group asks, and refuses it without a word from then on. */
    block: api.input(z.object({ request: id })).output(type<void>()),
    blocked: api.input(none).output(type<readonly BlockedGroup[]>()),
    unblock: api.input(z.object({ block: id })).output(type<void>()),
    groups: api.input(none).output(type<readonly ServedGroup[]>()),
    leave: api.input(inGroup).output(type<void>()),
    /** Takes no more invitations and leaves every group. */
    leaveAll: api.input(none).output(type<void>()),
    allow: api.input(inGroup).output(type<void>()),
    statistics: api.input(z.object({ group: id.exactOptional() })).output(type<SuperPeerStatistics>()),
  },
  backup: backupContract,
  instance: instanceContract,
}

export type HostClient = ContractRouterClient<typeof contract>
