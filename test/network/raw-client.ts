import { EMPTY, hex } from '../../core/codec/bytes.ts'
import type { PrivateKey } from '../../core/codec/keys.ts'
import type { VersionRange } from '../../core/codec/version.ts'
import { agree } from '../../core/crypto/agreement.ts'
import { boxKey } from '../../core/crypto/box.ts'
import { generateKeyPair } from '../../core/crypto/keypair.ts'
import type { Env } from '../../core/env/env.ts'
import type { RouterAddress } from '../../core/smp/address.ts'
import { openReceivedBody, type ReceivedBody } from '../../core/smp/body.ts'
import type { AuthAlgorithm, Command, QueueRequest } from '../../core/smp/commands.ts'
import type { BrokerMessage } from '../../core/smp/messages.ts'
import {
  encodeCommandFrame,
  packBlocks,
  type ReceivedMessage,
  receiveMessage,
  splitBlock,
} from '../../core/smp/transmission.ts'
import { connectSession, type Session } from '../../core/transport/session.ts'

export interface AskOptions {
  readonly entity?: Uint8Array
  readonly key?: PrivateKey<AuthAlgorithm>
  readonly corrId?: Uint8Array
}

/** A client that knows only transmissions: what it sends and what comes back. */
export interface RawClient {
  readonly session: Session
  /** Sends commands in as few blocks as possible; resolves with the answers in their order. */
  askAll(commands: readonly (readonly [Command, AskOptions])[]): Promise<BrokerMessage[]>
  ask(command: Command, options?: AskOptions): Promise<BrokerMessage>
  /** The next event. */
  event(): Promise<ReceivedMessage>
  /** Resolves when the connection is closed, by whomever. */
  readonly closed: Promise<void>
  close(): void
}

export async function rawClient(env: Env, address: RouterAddress, versions?: VersionRange): Promise<RawClient> {
  const session = await connectSession(env, address, {
    timeout: 20_000,
    ...(versions === undefined ? {} : { versions }),
  })
  const waiting = new Map<string, { resolve(message: BrokerMessage): void; reject(error: Error): void }>()
  const events: ReceivedMessage[] = []
  const readers: ((event: ReceivedMessage) => void)[] = []
  const closed = Promise.withResolvers<void>()

  function receive(received: ReceivedMessage): void {
    const key = hex(received.corrId)
    const pending = waiting.get(key)
    if (pending !== undefined) {
      waiting.delete(key)
      if (received.message instanceof Error) pending.reject(received.message)
      else pending.resolve(received.message)
      return
    }
    const reader = readers.shift()
    if (reader === undefined) events.push(received)
    else reader(received)
  }

  session.start({
    block(payload) {
      for (const transmission of splitBlock(payload)) receive(receiveMessage(session, transmission))
    },
    drain() {},
    close(error) {
      for (const { reject } of waiting.values()) reject(error ?? new Error('closed'))
      waiting.clear()
      closed.resolve()
    },
  })

  const client: RawClient = {
    session,
    askAll(commands) {
      const answers: Promise<BrokerMessage>[] = []
      const frames = commands.map(([command, { entity = EMPTY, key, corrId = env.random(24) }]) => {
        answers.push(new Promise((resolve, reject) => waiting.set(hex(corrId), { resolve, reject })))
        return encodeCommandFrame(session, corrId, entity, command, key)
      })
      for (const payload of packBlocks(frames)) session.sendBlock(payload)
      return Promise.all(answers)
    },
    async ask(command, options = {}) {
      const [answer] = await client.askAll([[command, options]])
      return answer!
    },
    event() {
      const event = events.shift()
      return event === undefined ? new Promise((resolve) => readers.push(resolve)) : Promise.resolve(event)
    },
    closed: closed.promise,
    close: () => session.end(),
  }
  return client
}

export interface RawQueue {
  readonly forRecipient: { readonly entity: Uint8Array; readonly key: PrivateKey<AuthAlgorithm> }
  readonly forSender: { readonly entity: Uint8Array }
  open(message: BrokerMessage | Error): ReceivedBody
}

export async function rawQueue(
  env: Env,
  client: RawClient,
  options: { algorithm?: AuthAlgorithm; queue?: QueueRequest; basicAuth?: string } = {},
): Promise<RawQueue> {
  const keys = generateKeyPair(options.algorithm ?? 'Ed25519', env.random)
  const dh = generateKeyPair('X25519', env.random)
  const { queue = { mode: 'messaging' }, basicAuth } = options
  const command: Command = {
    type: 'NEW',
    key: keys.publicKey,
    dhKey: dh.publicKey,
    subscribe: true,
    basicAuth,
    queue,
  }
  const ids = await client.ask(command, { key: keys.privateKey })
  if (ids.type !== 'IDS') throw new Error(`NEW was answered with ${JSON.stringify(ids)}`)
  const secret = boxKey(agree(dh.privateKey, ids.dhKey))
  return {
    forRecipient: { entity: ids.recipientId, key: keys.privateKey },
    forSender: { entity: ids.senderId },
    open(message) {
      if (message instanceof Error || message.type !== 'MSG') throw new Error(`not a message: ${String(message)}`)
      return openReceivedBody(secret, message.msgId, message.body)
    },
  }
}
