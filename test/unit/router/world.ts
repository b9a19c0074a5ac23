import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { EMPTY } from '../../../core/codec/bytes.ts'
import type { KeyPair, PrivateKey } from '../../../core/codec/keys.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { boxKey } from '../../../core/crypto/box.ts'
import { sha512 } from '../../../core/crypto/hash.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import type { Env } from '../../../core/env/env.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { type Engine, startEngine } from '../../../core/router/engine.ts'
import { DEFAULT_LIMITS, type RouterLimits } from '../../../core/router/limits.ts'
import { openRouterStore, type RouterStore } from '../../../core/router/store.ts'
import { openReceivedBody, type ReceivedBody } from '../../../core/smp/body.ts'
import type { AuthAlgorithm, Command, NewCommand, QueueRequest } from '../../../core/smp/commands.ts'
import type { BrokerMessage, IdsMessage } from '../../../core/smp/messages.ts'
import {
  encodeCommandFrame,
  packBlocks,
  type ReceivedMessage,
  receiveMessage,
  splitBlock,
} from '../../../core/smp/transmission.ts'
import type { Session, SessionEvents } from '../../../core/transport/session.ts'

/** A router without sockets on a clock that stands still until told to go on. */
export interface World {
  readonly env: Env
  readonly engine: Engine
  readonly store: RouterStore
  connect(version?: number): TestClient
  /** Lets everything that is due happen. */
  run(): void
  advance(milliseconds: number): void
  /** Closes the database and opens it again with a new engine; connections are gone. */
  restart(): void
}

export interface WorldOptions {
  readonly limits?: Partial<RouterLimits>
  readonly password?: string
  readonly newQueues?: boolean
  /** Milliseconds that pass each time the router looks at the monotonic clock. */
  readonly step?: number
}

interface SendOptions {
  readonly entity?: Uint8Array
  readonly key?: PrivateKey<AuthAlgorithm>
  readonly corrId?: Uint8Array
}

export interface TestClient {
  readonly session: Session
  readonly closed: boolean
  /** How many blocks arrived. */
  readonly blocks: number
  /** When the last one arrived, in the order of all blocks of the world. */
  readonly lastBlock: number
  corrId(): Uint8Array
  frame(command: Command, options?: SendOptions): Uint8Array
  /** Sends one command and returns the answer. */
  ask(command: Command, options?: SendOptions): BrokerMessage
  /** Sends all in as few blocks as possible and returns the answers in the order of the commands. */
  askAll(commands: readonly (readonly [Command, SendOptions])[]): (BrokerMessage | undefined)[]
  /** Raw payload of a block. */
  block(payload: Uint8Array): void
  /** The same, but the router finds it only when it runs. */
  post(payload: Uint8Array): void
  badBlock(): void
  /** What came without being asked for, or could not be matched; forgotten with the call. */
  events(): ReceivedMessage[]
  /** Stops taking what is sent; `buffered` grows. */
  stopReading(): void
  readOn(): void
  disconnect(): void
}

/** A test's random bytes: a hash chain. */
function seeded(seed: string): (size: number) => Uint8Array {
  let counter = 0
  return (size) => {
    const out = new Uint8Array(size)
    for (let filled = 0; filled < size; filled += 64) {
      out.set(sha512(new TextEncoder().encode(`${seed}/${counter++}`)).subarray(0, size - filled), filled)
    }
    return out
  }
}

export function makeWorld(options: WorldOptions = {}): World {
  const dir = mkdtempSync(join(tmpdir(), 'hearth-router-'))
  const tasks: (() => void)[] = []
  const timers = new Set<{ at: number; task: () => void }>()
  let now = Date.UTC(2026, 0, 5, 12)

  const env: Env = {
    clock: {
      now: () => now,
      monotonic: () => {
        now += options.step ?? 0
        return now
      },
      soon: (task) => void tasks.push(task),
      timer(delay, task) {
        const timer = { at: now + delay, task }
        timers.add(timer)
        return { cancel: () => void timers.delete(timer) }
      },
    },
    random: seeded('router'),
    network: {
      dial: () => Promise.reject(new Error('no network here')),
      listen: () => Promise.reject(new Error('no network here')),
    },
    log: silentLog,
  }

  function open() {
    const opened = openRouterStore(join(dir, 'router.db'))
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    const newQueues = { allowed: options.newQueues ?? true, password: options.password }
    return { store: opened, engine: startEngine(env, opened, { limits, newQueues }) }
  }
  let { store, engine } = open()
  let sequence = 0
  onTestFinished(() => {
    engine.stop()
    store.close()
    rmSync(dir, { recursive: true })
  })

  function run(): void {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task()
  }

  return {
    env,
    get engine() {
      return engine
    },
    get store() {
      return store
    },
    connect: (version = 18) => connect(env, engine, version, run, () => ++sequence),
    run,
    advance(milliseconds) {
      run()
      const end = now + milliseconds
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.task()
        run()
      }
      now = end
    },
    restart() {
      run()
      engine.stop()
      store.close()
      ;({ store, engine } = open())
      run()
    },
  }
}

function connect(env: Env, engine: Engine, version: number, run: () => void, count: () => number): TestClient {
  const routerKeys = generateKeyPair('X25519', env.random)
  const sessionId = env.random(32)
  let events: SessionEvents | undefined
  let reading = true
  let buffered = 0
  let closed = false
  let blocks = 0
  let lastBlock = 0
  let received: ReceivedMessage[] = []
  const forClient = { version, sessionId, peerKey: routerKeys.publicKey }

  function close(): void {
    if (closed) return
    closed = true
    events?.close()
  }
  const session: Session = {
    version,
    sessionId,
    peerKey: undefined,
    ownKey: routerKeys.privateKey,
    peerAddress: 'test',
    start(handlers) {
      events = handlers
    },
    sendBlock(payload) {
      if (payload.length > 16_366) throw new Error('payload does not fit into a block')
      blocks++
      lastBlock = count()
      if (!reading) buffered += 16_384
      for (const transmission of splitBlock(payload)) {
        // Views of a buffer that the router might use again would show here.
        received.push(receiveMessage(forClient, transmission.slice()))
      }
      return reading
    },
    get buffered() {
      return buffered
    },
    pause() {},
    resume() {},
    end: close,
    destroy: close,
  }
  engine.add(session)

  function take(corrId: Uint8Array): BrokerMessage | undefined {
    const at = received.findIndex((message) => Buffer.compare(message.corrId, corrId) === 0)
    if (at === -1) return undefined
    const [{ message }] = received.splice(at, 1) as [ReceivedMessage]
    if (message instanceof Error) throw message
    return message
  }

  const client: TestClient = {
    session,
    get closed() {
      return closed
    },
    get blocks() {
      return blocks
    },
    get lastBlock() {
      return lastBlock
    },
    corrId: () => env.random(24),
    frame(command, { entity = EMPTY, key, corrId = client.corrId() } = {}) {
      return encodeCommandFrame(forClient, corrId, entity, command, key)
    },
    ask(command, options = {}) {
      const [answer] = client.askAll([[command, options]])
      if (answer === undefined) throw new Error(`no answer to ${command.type}`)
      return answer
    },
    askAll(commands) {
      const ids = commands.map(([, { corrId }]) => corrId ?? client.corrId())
      const frames = commands.map(([command, options], i) => client.frame(command, { ...options, corrId: ids[i]! }))
      for (const payload of packBlocks(frames)) events?.block(payload)
      run()
      return ids.map(take)
    },
    block(payload) {
      events?.block(payload)
      run()
    },
    post: (payload) => events?.block(payload),
    badBlock() {
      events?.badBlock?.()
      run()
    },
    events() {
      run()
      const all = received
      received = []
      return all
    },
    stopReading() {
      reading = false
    },
    readOn() {
      reading = true
      buffered = 0
      events?.drain()
      run()
    },
    disconnect() {
      close()
      run()
    },
  }
  return client
}

/** A queue with everything that its two sides know. */
export interface TestQueue {
  readonly recipientId: Uint8Array
  readonly senderId: Uint8Array
  readonly linkId: Uint8Array | undefined
  readonly ids: IdsMessage
  readonly recipientKey: PrivateKey<AuthAlgorithm>
  readonly forRecipient: SendOptions & { entity: Uint8Array; key: PrivateKey<AuthAlgorithm> }
  readonly forSender: SendOptions & { entity: Uint8Array }
  open(message: BrokerMessage | undefined): ReceivedBody
}

export interface QueueOptions {
  readonly algorithm?: AuthAlgorithm
  readonly subscribe?: boolean
  readonly queue?: QueueRequest
  readonly basicAuth?: string
  readonly corrId?: Uint8Array
}

export function newCommand(
  env: Env,
  options: QueueOptions = {},
): { command: NewCommand; keys: KeyPair<AuthAlgorithm>; dh: KeyPair<'X25519'> } {
  const keys = generateKeyPair(options.algorithm ?? 'Ed25519', env.random)
  const dh = generateKeyPair('X25519', env.random)
  const { queue, basicAuth } = options
  const command: NewCommand = {
    type: 'NEW',
    key: keys.publicKey,
    dhKey: dh.publicKey,
    subscribe: options.subscribe ?? true,
    basicAuth,
    queue: 'queue' in options ? queue : { mode: 'messaging' },
  }
  return { command, keys, dh }
}

export function makeQueue(world: World, client: TestClient, options: QueueOptions = {}): TestQueue {
  const { command, keys, dh } = newCommand(world.env, options)
  const ids = client.ask(command, {
    key: keys.privateKey,
    ...(options.corrId === undefined ? {} : { corrId: options.corrId }),
  })
  if (ids.type !== 'IDS') throw new Error(`NEW was answered with ${JSON.stringify(ids)}`)
  const secret = boxKey(agree(dh.privateKey, ids.dhKey))
  return {
    recipientId: ids.recipientId,
    senderId: ids.senderId,
    linkId: ids.linkId,
    ids,
    recipientKey: keys.privateKey,
    forRecipient: { entity: ids.recipientId, key: keys.privateKey },
    forSender: { entity: ids.senderId },
    open(message) {
      if (message?.type !== 'MSG') throw new Error(`not a message: ${JSON.stringify(message)}`)
      return openReceivedBody(secret, message.msgId, message.body)
    },
  }
}
