import { createAgent } from '../agent/agent.ts'
import type { Agent, AgentHandler } from '../agent/api.ts'
import type { Contacts } from '../chat/contacts/api.ts'
import { createContacts } from '../chat/contacts/contacts.ts'
import type { Env } from '../env/env.ts'
import { realEnv } from '../env/real.ts'
import type { Groups } from '../group/api.ts'
import { createGroups } from '../group/groups.ts'
import type { RunningRouter } from '../router/server.ts'
import { formatRouterAddress, parseRouterAddress, type RouterAddress } from '../smp/address.ts'
import type { Store } from '../store/database.ts'
import type { SuperPeer, SuperPeerSettings } from '../superpeer/api.ts'
import { createSuperPeer } from '../superpeer/superpeer.ts'
import { createApi } from './api.ts'
import { idleRouter } from './backup/folder.ts'
import { forgetNote } from './backup/restored-note.ts'
import { type BackupSettings, createBackups } from './backup/service.ts'
import { createChangeLog } from './changes.ts'
import type { Configuration } from './config.ts'
import type { SignInLink } from './contract/types.ts'
import { diagnostics } from './diagnostics.ts'
import { createDispatch, type Owner } from './dispatch.ts'
import { isEmbeddedRouter, startEmbeddedRouter } from './embedded-router.ts'
import { pathIn, privateFolder, readIfPresent, removeIfPresent, writePrivate } from './files.ts'
import { type HostChanges, instanceChange, type LoggedChange } from './follow.ts'
import type { GuardSettings } from './instance/context.ts'
import { createGuard, type Guard } from './instance/guard.ts'
import type { InstanceView } from './instance/view.ts'
import { createLog, type HostLog } from './log.ts'
import { presetRouters, presetsOf, selectableRouters } from './operators/presets.ts'
import { createKnownSuperPeers } from './operators/service.ts'
import { createParts, type Parts } from './parts.ts'
import { type ApiServer, startServer } from './server.ts'
import { openSessions } from './sessions.ts'
import { openSettings, type Settings } from './settings.ts'
import { createSampler } from './statistics/sampler.ts'
import { groupStatistics } from './statistics/statistics.ts'
import { hostStatus, routerStates } from './status.ts'
import { takeFolder } from './take-folder.ts'
import { apiToken } from './token.ts'
import { RENDERER_FOLDER } from './web.ts'

/** The composition root: one process, one folder, one host. */
export interface RunningHost {
  /** `ws://…` of the local API. */
  readonly apiUrl: string
  /** A link that signs one browser in, once, for the next quarter of an hour. */
  signInLink(): SignInLink
  /** Of the embedded router, where it runs. */
  readonly routerAddress: string | undefined
  readonly log: HostLog
  readonly superPeer: SuperPeer
  /** Whether this copy of the database is in use. */
  instance(): InstanceView
  /** Reads config.json again. */
  reload(): void
  /** Resolves when a client asked for an orderly stop. */
  readonly stopRequested: Promise<void>
  /** The same for a stop that is to be followed by a new start. */
  readonly restartRequested: Promise<void>
  /** Takes no more requests, ends work under way, closes everything. Safe to call twice. */
  stop(): Promise<void>
}

export interface HostOptions {
  readonly folder: string
  /** Settings of the command line, above those of config.json. */
  readonly overrides?: Readonly<Record<string, unknown>>
  /** How long the search for other copies of the database takes. */
  readonly guard?: Partial<GuardSettings>
}

/** Milliseconds without progress after which an API client counts as gone. */
const API_STALL = 30_000

/** Errors: usage `folder`, `configuration`, `listen`; store `locked`, `newer`; those of the embedded router. */
export async function startHost({ folder, overrides = {}, guard }: HostOptions): Promise<RunningHost> {
  privateFolder(folder)
  const settings = openSettings(folder, overrides, (configuration) => log.setLevel(configuration['log.level']))
  const log = openLog(settings.current)
  const env = realEnv({ log })
  const parts = createParts()
  try {
    return await assemble(env, folder, settings, log, parts, guard)
  } catch (error) {
    await parts.stop()
    throw error
  }
}

function openLog(configuration: Configuration): HostLog {
  const file = configuration['log.file']
  return createLog({ level: configuration['log.level'], ...(file === '' ? {} : { file }) })
}

async function assemble(
  env: Env,
  folder: string,
  settings: Settings,
  log: HostLog,
  parts: Parts,
  guardSettings: Partial<GuardSettings> | undefined,
): Promise<RunningHost> {
  const configuration = settings.current
  const startedAt = env.clock.now()
  const { store, restored, close } = await takeFolder(env, folder)
  parts.add(close)
  const changes: HostChanges = createChangeLog<LoggedChange>(env, configuration['changes.kept'])
  const stopRequest = Promise.withResolvers<void>()
  const restartRequest = Promise.withResolvers<void>()
  const restart = () => void env.clock.soon(restartRequest.resolve)

  /** Everything that speaks to the network of the groups. */
  const live = createParts()
  const guard = await createGuard({
    env,
    store,
    restored,
    routers: () => own,
    isOwnRouter: (router) => isEmbeddedRouter(folder, router),
    lost() {
      changes.append(instanceChange(guard.view()))
      live.stop().catch((error: unknown) => log.error('host not held in good order', { error: String(error) }))
    },
    changed: () => changes.append(instanceChange(guard.view())),
    restart,
    ...(guardSettings && { settings: guardSettings }),
  })
  if (restored !== undefined) forgetNote(folder)
  parts.add(() => guard.stop())
  const inUse = await guard.begin()
  parts.add(() => live.stop())

  // Until this copy may be used, whoever answers at the address of its own router is the other copy.
  const needsRouter = configuration['router.enabled'] || configuration.routers.length === 0
  const embedded = inUse && needsRouter ? await startEmbeddedRouter(env, folder, configuration) : undefined
  if (embedded !== undefined) {
    live.add(() => embedded.stop())
    await guard.lookAgain()
  }
  const own = ownRouters(configuration, embedded)
  const routers = routerStates(own, embedded, changes)

  const modules: Partial<Record<Owner, AgentHandler>> = {}
  const agent = createAgent({
    env,
    store,
    routers: own,
    handler: createDispatch({
      log,
      owner: (module) => modules[module] ?? unfinished(),
      routerState: routers.set,
      contested: (conn) => void guard.contested().then((still) => still && agent.resubscribe(conn)),
    }),
    settings: {
      threads: configuration['agent.encryptionThreads'],
      senderKeys: 'X25519',
      presets: presetRouters(presetsOf(folder, log)),
    },
  })
  const contacts = createContacts({
    env,
    store,
    agent,
    notify: (event) => changes.append({ from: 'contacts', event }),
  })
  const groups = createGroups({ env, store, agent, notify: (event) => changes.append({ from: 'groups', event }) })
  const superPeer = createSuperPeer({
    env,
    store,
    agent,
    notify: (event) => changes.append({ from: 'super-peer', event }),
    settings: superPeerSettings(configuration),
  })
  Object.assign(modules, { contacts, groups, superPeer })
  live.add(() => agent.stop())
  if (inUse) {
    if (guard.mustRenew()) await renew(store, agent, { contacts, groups, superPeer }, guard)
    await groups.start()
    live.add(() => groups.stop())
    await contacts.start()
    live.add(() => contacts.stop())
    await superPeer.start()
    live.add(() => superPeer.stop())
    await agent.start()
    if (guard.view().held !== undefined) await live.stop()
  } else {
    log.warn('host held', { reason: guard.view().held })
  }
  const backups = createBackups({
    env,
    store,
    folder,
    databases: {
      host: (target) => store.snapshot(target),
      router: embedded === undefined ? idleRouter(folder) : (target) => embedded.snapshot(target),
    },
    settings: () => backupSettings(settings.current),
    readLink: (link) => agent.readLink(link),
    prepare: () => guard.ensureMark(),
    restart,
  })
  await backups.start()
  parts.add(() => backups.stop())
  const sampler = createSampler(env, store, () => settings.current['statistics.enabled'])
  sampler.start()
  parts.add(() => sampler.stop())

  const status = () => hostStatus({ folder, startedAt, now: env.clock.now(), store, agent, groups, routers })
  const sessions = openSessions(env, folder)
  function signInLink(): SignInLink {
    const { code, expires } = sessions.code()
    return { link: `${server.address}/#sign-in=${code}`, expires }
  }
  const keptPort = Number(readIfPresent(pathIn(folder, 'apiPort'))) || 0
  const server = await startServer({
    listen: configuration['api.listen'],
    ...(configuration['api.port'] === 0 ? { port: keptPort, otherPort: 0 } : { port: configuration['api.port'] }),
    behindProxy: configuration['api.behindProxy'],
    hosts: configuration['api.hosts'],
    clients: configuration['api.clients'],
    frameLimit: configuration['api.frameLimit'],
    outputLimit: configuration['api.outputLimit'],
    requestsPerSecond: configuration['api.requestsPerSecond'],
    stallTimeout: API_STALL,
    token: apiToken(env, folder),
    sessions,
    interface: RENDERER_FOLDER,
    clock: env.clock,
    log,
    handle: createApi({
      env,
      store,
      contacts,
      groups,
      superPeer,
      changes,
      sessions,
      known: createKnownSuperPeers({ env, store, folder, changes }),
      backups,
      guard,
      host: {
        status,
        diagnostics: () => diagnostics({ now: env.clock.now(), log, settings: settings.view(), superPeer, status }),
        routerPresets: () => selectableRouters(presetsOf(folder, log)),
        routers: routers.list,
        settings: settings.view,
        setSettings: settings.set,
        signInLink,
        statistics: (group, range) => {
          const counting = settings.current['statistics.enabled']
          return store.write((tx) => groupStatistics(tx, group, range, env.clock.now(), counting))
        },
        stop: () => void env.clock.soon(stopRequest.resolve),
        restart,
      },
    }),
  })
  parts.add(() => stopServer(server, changes))
  if (server.port !== keptPort) writePrivate(pathIn(folder, 'apiPort'), `${server.port}\n`)
  writePrivate(pathIn(folder, 'address'), `${server.url}\n`)
  parts.add(() => removeIfPresent(pathIn(folder, 'address')))
  log.info('host started', { api: server.url, routers: own.length, embeddedRouter: embedded !== undefined })

  let stopping: Promise<void> | undefined
  return {
    apiUrl: server.url,
    signInLink,
    routerAddress: embedded && formatRouterAddress(embedded.address),
    log,
    superPeer,
    instance: guard.view,
    reload() {
      const { waitingForRestart } = settings.reload()
      log.info('configuration read', { waitingForRestart: waitingForRestart.join(', ') })
    },
    stopRequested: stopRequest.promise,
    restartRequested: restartRequest.promise,
    stop() {
      stopping ??= parts.stop().then(() => log.info('host stopped'))
      return stopping
    },
  }
}

interface Modules {
  readonly contacts: Contacts
  readonly groups: Groups
  readonly superPeer: SuperPeer
}

/** One transaction: a crash begins anew, and nothing was sent before. */
async function renew(
  store: Store,
  agent: Agent,
  { contacts, groups, superPeer }: Modules,
  guard: Guard,
): Promise<void> {
  const renewGroups = await groups.prepareRenewal()
  await store.write(async (tx) => {
    await agent.retire(tx)
    await renewGroups(tx)
    await superPeer.renew(tx)
    await contacts.renew(tx)
    await guard.renewed(tx)
  })
}

function backupSettings(configuration: Configuration): BackupSettings {
  return {
    everyHours: configuration['backup.everyHours'],
    folder: configuration['backup.folder'],
    keep: configuration['backup.keep'],
    media: configuration['backup.media'],
  }
}

function unfinished(): never {
  throw new Error('an agent event before the host was assembled')
}

async function stopServer(server: ApiServer, changes: HostChanges): Promise<void> {
  changes.close()
  await server.stop()
}

/** Where own queues are made: the configured routers, else the embedded one. */
function ownRouters(configuration: Configuration, embedded: RunningRouter | undefined): RouterAddress[] {
  if (configuration.routers.length > 0) return configuration.routers.map((text) => parseRouterAddress(text))
  return embedded === undefined ? [] : [embedded.address]
}

function superPeerSettings(configuration: Configuration): Partial<SuperPeerSettings> {
  return {
    maxGroups: configuration['superPeer.maxGroups'],
    maxMembers: configuration['superPeer.maxMembers'],
    retentionAge: configuration['superPeer.retentionDays'] * 86_400_000,
    retentionBytes: configuration['superPeer.retentionMegabytes'] * 1024 * 1024,
    memberRate: configuration['superPeer.memberRate'],
    memberBurst: configuration['superPeer.memberBurst'],
  }
}
