import { implement, ORPCError } from '@orpc/server'
import { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import type { ServerPeerHandleRequestFn } from '@orpc/standard-server-peer'
import type { Contacts } from '../chat/contacts/api.ts'
import { insertProfile, ownProfile, ownProfiles, setOwnProfile } from '../chat/state/profiles.ts'
import { HearthError } from '../codec/error.ts'
import type { Env } from '../env/env.ts'
import type { GroupId, Groups, SuperPeerTest, SuperPeerView } from '../group/api.ts'
import type { Store } from '../store/database.ts'
import type { SuperPeer } from '../superpeer/api.ts'
import type { Backups } from './backup/service.ts'
import { contactsSnapshot } from './contact-views.ts'
import { contactProcedures } from './contacts-api.ts'
import type {
  Diagnostics,
  Group,
  GroupStatistics,
  HostStatus,
  ProfileView,
  RouterPreset,
  RouterState,
  SettingsView,
  SignInLink,
  StatisticsRange,
} from './contract/types.ts'
import { contract } from './contract.ts'
import { followChanges, type HostChanges, profileChange } from './follow.ts'
import { refuseWhileHeld } from './held.ts'
import type { Guard } from './instance/guard.ts'
import type { KnownSuperPeers } from './operators/service.ts'
import { groupProgress } from './progress.ts'
import { testRouter } from './router-test.ts'
import type { Sessions } from './sessions.ts'
import { groupView, messageView, previewView, profileView } from './views.ts'

export interface ApiDeps {
  readonly env: Env
  readonly store: Store
  readonly contacts: Contacts
  readonly groups: Groups
  readonly superPeer: SuperPeer
  readonly changes: HostChanges
  readonly sessions: Sessions
  readonly known: KnownSuperPeers
  readonly backups: Backups
  readonly guard: Pick<Guard, 'view' | 'takeOver'>
  readonly host: {
    status(): Promise<HostStatus>
    routers(): readonly RouterState[]
    settings(): SettingsView
    setSettings(values: Readonly<Record<string, unknown>>): SettingsView
    statistics(group: GroupId, range: StatisticsRange): Promise<GroupStatistics>
    signInLink(): SignInLink
    /** Begins the orderly stop; the answer still reaches the client. */
    stop(): void
    restart(): void
    diagnostics(): Promise<Diagnostics>
    routerPresets(): readonly RouterPreset[]
  }
}

/** Carries out the contract on a host. */
export function createApi(deps: ApiDeps): ServerPeerHandleRequestFn {
  const { log } = deps.env
  const handler = new StandardRPCHandler(procedures(deps), {
    interceptors: [
      async ({ next, request }) => {
        try {
          return await next()
        } catch (error) {
          // What is wrong with the program itself was logged where it was found.
          const level = error instanceof ORPCError ? 'debug' : 'error'
          log[level]('api-failed', { path: request.url.pathname, error: String(error) })
          throw error
        }
      },
    ],
  })
  return createServerPeerHandleRequestFn(handler, { context: {} })
}

function procedures({
  env,
  store,
  contacts,
  groups,
  superPeer,
  changes,
  known,
  sessions,
  backups,
  guard,
  host,
}: ApiDeps) {
  const os = implement(contract).use(async ({ next, path }) => {
    try {
      refuseWhileHeld(path, guard.view())
      return await next()
    } catch (error) {
      throw apiError(error, (text) => env.log.error('api-internal', { path: path.join('.'), error: text }))
    }
  })
  function streamed<T>(stream: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
    return translated(stream, (text) => env.log.error('api-stream', { error: text }))
  }

  async function group(id: GroupId): Promise<Group> {
    return groupView(found(await groups.get(id), 'group'))
  }
  async function superPeerOf(id: GroupId, member: number): Promise<SuperPeerView> {
    const all = await groups.superPeers(id)
    return found(
      all.find((view) => view.id === member),
      'super-peer',
    )
  }
  async function profiles(): Promise<ProfileView[]> {
    const own = await store.read(ownProfiles)
    return own.filter(({ hidden }) => !hidden).map(profileView)
  }

  return os.router({
    host: {
      status: os.host.status.handler(() => host.status()),
      settings: os.host.settings.handler(() => host.settings()),
      setSettings: os.host.setSettings.handler(({ input }) => host.setSettings(input.values)),
      stop: os.host.stop.handler(() => host.stop()),
      restart: os.host.restart.handler(() => host.restart()),
      diagnostics: os.host.diagnostics.handler(() => host.diagnostics()),
    },
    routers: {
      presets: os.routers.presets.handler(() => host.routerPresets()),
      test: os.routers.test.handler(({ input }) => testRouter(env, input.address)),
    },
    sessions: {
      signIn: os.sessions.signIn.handler(() => host.signInLink()),
      list: os.sessions.list.handler(() => sessions.list()),
      revoke: os.sessions.revoke.handler(({ input }) => {
        if (!sessions.revoke(input.session)) throw new HearthError('usage', 'no-session', 'there is no such session')
      }),
    },
    changes: {
      snapshot: os.changes.snapshot.handler(async () => {
        const position = changes.position()
        const views = await groups.list()
        const superPeers = await Promise.all(views.map((view) => groups.superPeers(view.id)))
        return {
          position,
          profiles: await profiles(),
          groups: views.map(groupView),
          superPeers: superPeers.flat(),
          serving: {
            address: await superPeer.address(),
            requests: await superPeer.requests(),
            blocked: await superPeer.blocked(),
            groups: await superPeer.groups(),
          },
          routers: host.routers(),
          ...(await contactsSnapshot(contacts)),
        }
      }),
      follow: os.changes.follow.handler(({ input, signal }) =>
        Promise.resolve(streamed(followChanges(changes, { groups, contacts, superPeer }, input, signal))),
      ),
    },
    profiles: {
      list: os.profiles.list.handler(profiles),
      create: os.profiles.create.handler(async ({ input }) => {
        const now = env.clock.now()
        const own = await store.write(async (tx) => {
          const created = await insertProfile(tx, { ...input, fullName: input.fullName ?? '' }, { now })
          return found(await ownProfile(tx, created), 'profile')
        })
        changes.append(profileChange(profileView(own)))
        return profileView(own)
      }),
      update: os.profiles.update.handler(async ({ input: { profile, image, ...values } }) => {
        const own = await store.write(async (tx) => {
          const before = found(await ownProfile(tx, profile), 'profile')
          const { image: shown, ...rest } = { ...before.profile, ...values }
          const next = image === undefined ? shown : (image ?? undefined)
          await setOwnProfile(tx, profile, { ...rest, ...(next !== undefined && { image: next }) }, env.clock.now())
          await contacts.profileChanged(tx, profile)
          return found(await ownProfile(tx, profile), 'profile')
        })
        changes.append(profileChange(profileView(own)))
        return profileView(own)
      }),
    },
    groups: {
      list: os.groups.list.handler(async () => (await groups.list()).map(groupView)),
      get: os.groups.get.handler(({ input }) => group(input.group)),
      create: os.groups.create.handler(async ({ input: { profile, ...options }, signal }) => {
        const id = await groups.create(profile, options)
        return streamed(groupProgress(groups, changes, id, signal))
      }),
      progress: os.groups.progress.handler(({ input, signal }) =>
        Promise.resolve(streamed(groupProgress(groups, changes, input.group, signal))),
      ),
      confirm: os.groups.confirm.handler(async ({ input }) => {
        await groups.confirm(input.group)
        return group(input.group)
      }),
      preview: os.groups.preview.handler(async ({ input }) => previewView(await groups.preview(input.link))),
      join: os.groups.join.handler(async ({ input: { profile, link, incognito }, signal }) => {
        const options =
          incognito === undefined ? {} : { incognito: { ...incognito, fullName: incognito.fullName ?? '' } }
        const id = await groups.join(profile, link, options)
        return streamed(groupProgress(groups, changes, id, signal))
      }),
      update: os.groups.update.handler(async ({ input: { group: id, ...patch } }) => {
        await groups.updateProfile(id, patch)
        return group(id)
      }),
      flags: os.groups.flags.handler(async ({ input: { group: id, ...flags } }) => {
        await groups.setFlags(id, flags)
        return group(id)
      }),
      resync: os.groups.resync.handler(({ input }) => groups.resync(input.group)),
      leave: os.groups.leave.handler(({ input }) => groups.leave(input.group)),
      remove: os.groups.remove.handler(({ input }) => groups.remove(input.group)),
      forget: os.groups.forget.handler(({ input }) => groups.forget(input.group)),
    },
    members: {
      list: os.members.list.handler(({ input: { group: id, ...page } }) => groups.members(id, page)),
      setRole: os.members.setRole.handler(({ input }) => groups.setRole(input.group, input.member, input.role)),
      block: os.members.block.handler(({ input }) => groups.blockMember(input.group, input.member, input.blocked)),
      remove: os.members.remove.handler(({ input: { group: id, member, messages } }) =>
        groups.removeMember(id, member, { messages }),
      ),
    },
    superPeers: {
      list: os.superPeers.list.handler(({ input }) => groups.superPeers(input.group)),
      add: os.superPeers.add.handler(async ({ input }) =>
        superPeerOf(input.group, await groups.addSuperPeer(input.group, input.address)),
      ),
      retry: os.superPeers.retry.handler(async ({ input }) =>
        superPeerOf(input.group, await groups.retrySuperPeer(input.group, input.superPeer)),
      ),
      remove: os.superPeers.remove.handler(({ input }) => groups.removeSuperPeer(input.group, input.superPeer)),
      test: os.superPeers.test.handler(async ({ input }) => {
        const { profile, roundTrip } = await tested(known, input.address, () =>
          groups.testSuperPeer(input.profile, input.address),
        )
        const { displayName, fullName, image } = profile
        return { profile: { displayName, fullName, image }, roundTrip }
      }),
    },
    known: {
      list: os.known.list.handler(known.list),
      setOperator: os.known.setOperator.handler(({ input }) => known.setOperator(input.operator, input.enabled)),
      add: os.known.add.handler(({ input }) => known.add(input)),
      update: os.known.update.handler(({ input }) => known.update(input)),
      remove: os.known.remove.handler(({ input }) => known.remove(input.address)),
    },
    statistics: {
      group: os.statistics.group.handler(({ input }) => host.statistics(input.group, input.range)),
    },
    messages: {
      list: os.messages.list.handler(async ({ input: { group: id, ...page } }) =>
        (await groups.messages(id, page)).map(messageView),
      ),
      get: os.messages.get.handler(async ({ input }) =>
        messageView(found(await groups.message(input.message), 'message')),
      ),
      send: os.messages.send.handler(async ({ input: { group: id, image, ...said } }) => {
        const content = image === undefined ? {} : { content: { type: 'image', text: said.text, image } as const }
        const message = await groups.send(id, { ...said, ...content })
        return messageView(found(await groups.message(message), 'message'))
      }),
      edit: os.messages.edit.handler(({ input }) => groups.edit(input.group, input.message, input.text)),
      delete: os.messages.delete.handler(({ input }) => groups.deleteMessage(input.group, input.message)),
      react: os.messages.react.handler(({ input }) => groups.react(input.group, input.message, input.emoji, input.add)),
      markRead: os.messages.markRead.handler(({ input }) => groups.markRead(input.group, input.message)),
      deliveredBy: os.messages.deliveredBy.handler(({ input }) => groups.deliveredBy(input.message)),
    },
    ...contactProcedures(os, contacts),
    serving: {
      enable: os.serving.enable.handler(({ input }) => superPeer.enable(input)),
      disable: os.serving.disable.handler(() => superPeer.disable()),
      renewAddress: os.serving.renewAddress.handler(() => superPeer.renewAddress()),
      address: os.serving.address.handler(async () => (await superPeer.address()) ?? null),
      requests: os.serving.requests.handler(() => superPeer.requests()),
      accept: os.serving.accept.handler(({ input }) => superPeer.accept(input.request)),
      reject: os.serving.reject.handler(({ input }) => superPeer.reject(input.request)),
      block: os.serving.block.handler(({ input }) => superPeer.block(input.request)),
      blocked: os.serving.blocked.handler(() => superPeer.blocked()),
      unblock: os.serving.unblock.handler(({ input }) => superPeer.unblock(input.block)),
      groups: os.serving.groups.handler(() => superPeer.groups()),
      leave: os.serving.leave.handler(({ input }) => superPeer.leave(input.group)),
      leaveAll: os.serving.leaveAll.handler(async () => {
        await superPeer.disable()
        const serving = (await superPeer.groups()).filter(({ status }) => status !== 'rejected')
        for (const { id } of serving) await superPeer.leave(id)
      }),
      allow: os.serving.allow.handler(({ input }) => superPeer.allow(input.group)),
      statistics: os.serving.statistics.handler(({ input }) => superPeer.statistics(input.group)),
    },
    backup: {
      status: os.backup.status.handler(() => backups.status()),
      setPassphrase: os.backup.setPassphrase.handler(({ input }) => backups.setPassphrase(input.passphrase)),
      create: os.backup.create.handler(({ input }) => Promise.resolve(streamed(backups.create(input)))),
      verify: os.backup.verify.handler(({ input }) =>
        Promise.resolve(streamed(backups.verify(input.path, input.passphrase))),
      ),
      drill: os.backup.drill.handler(({ input }) => backups.drill(input.path, input.passphrase)),
      restore: os.backup.restore.handler(({ input }) =>
        Promise.resolve(streamed(backups.restore(input.path, input.passphrase, input.takeOver))),
      ),
    },
    instance: {
      status: os.instance.status.handler(() => guard.view()),
      takeOver: os.instance.takeOver.handler(({ input }) => guard.takeOver(input)),
    },
  })
}

/** What a test found, good or bad, is kept with the super-peer. */
async function tested(
  known: KnownSuperPeers,
  address: string,
  test: () => Promise<SuperPeerTest>,
): Promise<SuperPeerTest> {
  try {
    const result = await test()
    await known.tested(address, { roundTrip: result.roundTrip, image: result.profile.image })
    return result
  } catch (error) {
    if (error instanceof HearthError) await known.tested(address, { error: error.code })
    throw error
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new HearthError('usage', `no-${what}`, `there is no such ${what}`)
  return value
}

/** What a client may know of a failure: all of ours, nothing of a mistake in the program, which goes to the log. */
function apiError(error: unknown, unexpected: (text: string) => void): unknown {
  if (error instanceof ORPCError) return error
  if (error instanceof HearthError) {
    const { kind, code, temporary, message } = error
    return new ORPCError('HEARTH', { status: 422, message, data: { kind, code, temporary } })
  }
  unexpected(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return new ORPCError('INTERNAL_SERVER_ERROR', { message: 'the host failed; its log says more' })
}

async function* translated<T>(
  stream: AsyncGenerator<T, void>,
  unexpected: (text: string) => void,
): AsyncGenerator<T, void> {
  try {
    yield* stream
  } catch (error) {
    throw apiError(error, unexpected)
  }
}
