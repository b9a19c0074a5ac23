import { createAgent } from '../agent/agent.ts'
import type { AgentHandler } from '../agent/api.ts'
import { createContacts } from '../chat/contacts/contacts.ts'
import type { Env } from '../env/env.ts'
import { realEnv } from '../env/real.ts'
import { createGroups } from '../group/groups.ts'
import type { RunningRouter } from '../router/server.ts'
import { formatRouterAddress, parseRouterAddress, type RouterAddress } from '../smp/address.ts'
import type { SuperPeer, SuperPeerSettings } from '../superpeer/api.ts'
import { createSuperPeer } from '../superpeer/superpeer.ts'
import { createApi } from './api.ts'
import { createChangeLog } from './changes.ts'
import type { Configuration } from './config.ts'
import type { SignInLink } from './contract/types.ts'
import { diagnostics } from './diagnostics.ts'
import { createDispatch, type Owner } from './dispatch.ts'
import { startEmbeddedRouter } from './embedded-router.ts'
import { pathIn, privateFolder, readIfPresent, removeIfPresent, writePrivate } from './files.ts'
import type { HostChanges, LoggedChange } from './follow.ts'
import { createLog, type HostLog } from './log.ts'
import { openFolder } from './open.ts'
import { presetRouters, presetsOf, selectableRouters } from './operators/presets.ts'
import { createKnownSuperPeers } from './operators/service.ts'
import { type ApiServer, startServer } from './server.ts'
import { openSessions } from './sessions.ts'
import { openSettings, type Settings } from './settings.ts'
import { createSampler } from './statistics/sampler.ts'
import { groupStatistics } from './statistics/statistics.ts'
import { hostStatus, routerStates } from './status.ts'
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
}

/** Milliseconds without progress after which an API client counts as gone. */
const API_STALL = 30_000

/** Errors: usage `folder`, `configuration`, `listen`; store `locked`, `newer`; those of the embedded router. */
export async function startHost({ folder, overrides = {} }: HostOptions): Promise<RunningHost> {
  privateFolder(folder)
  const settings = openSettings(folder, overrides, (configuration) => log.setLevel(configuration['log.level']))
  const log = openLog(settings.current)
  const env = realEnv({ log })
  const parts = createParts()
  try {
    return await assemble(env, folder, settings, log, parts)
  } catch (error) {
    await parts.stop()
    throw error
  }
}

function openLog(configuration: Configuration): HostLog {
  const file = configuration['log.file']
  return createLog({ level: configuration['log.level'], ...(file === '' ? {} : { file }) })
}

/** Parts in the order of their start; they stop in the opposite one, each even where another fails. */
interface Parts {
  add(stop: () => Promise<void> | void): void
  stop(): Promise<void>
}

function createParts(): Parts {
  const stops: (() => Promise<void> | void)[] = []
  return {
    add: (stop) => void stops.push(stop),
    async stop() {
      const failures: unknown[] = []
      for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
        try {
          await stop()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}

async function assemble(
  env: Env,
  folder: string,
  settings: Settings,
  log: HostLog,
  parts: Parts,
): Promise<RunningHost> {
  const configuration = settings.current
  const startedAt = env.clock.now()
  const store = await openFolder(env, folder)
  parts.add(() => store.close())
  const changes: HostChanges = createChangeLog<LoggedChange>(env, configuration['changes.kept'])

  const needsRouter = configuration['router.enabled'] || configuration.routers.length === 0
  const embedded = needsRouter ? await startEmbeddedRouter(env, folder, configuration) : undefined
  if (embedded !== undefined) parts.add(() => embedded.stop())
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
    }),
    settings: {
      threads: configuration['agent.encryptionThreads'],
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
  parts.add(() => agent.stop())
  await groups.start()
  parts.add(() => groups.stop())
  await superPeer.start()
  parts.add(() => superPeer.stop())
  await agent.start()
  const sampler = createSampler(env, store, () => settings.current['statistics.enabled'])
  sampler.start()
  parts.add(() => sampler.stop())

  const stopRequest = Promise.withResolvers<void>()
  const restartRequest = Promise.withResolvers<void>()
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
        restart: () => void env.clock.soon(restartRequest.resolve),
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
