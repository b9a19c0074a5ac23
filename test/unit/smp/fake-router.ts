import { HearthError } from '../../../core/codec/error.ts'
import type { KeyPair } from '../../../core/codec/keys.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import type { Env } from '../../../core/env/env.ts'
import type { RouterAddress } from '../../../core/smp/address.ts'
import type { Command, CommandType } from '../../../core/smp/commands.ts'
import type { BrokerMessage } from '../../../core/smp/messages.ts'
import { encodeMessageFrame, packBlocks, receiveCommand, splitBlock } from '../../../core/smp/transmission.ts'
import type { Session, SessionEvents } from '../../../core/transport/session.ts'

/** A router that does what the test says, over sessions in memory on the clock of a virtual world. */
export interface FakeRouter {
  readonly address: RouterAddress
  readonly connect: (env: Env, router: RouterAddress, options: { timeout: number }) => Promise<Session>
  /** What the answer to a command is; undefined: silence. */
  answer: (received: Received) => BrokerMessage | undefined
  /** How an attempt to connect ends. */
  reachable: 'yes' | 'no' | 'silent'
  /** Whether sessions take what is written. */
  stalled: boolean
  readonly attempts: number
  readonly sessions: readonly FakeSession[]
  /** Commands of each block received, over all sessions. */
  readonly blocks: CommandType[][]
}

export interface Received {
  readonly session: FakeSession
  readonly entityId: Uint8Array
  readonly corrId: Uint8Array
  readonly command: Command
}

interface FakeSession {
  readonly id: Uint8Array
  open: boolean
  /** Sends an event or, with a correlation id, an answer. */
  push(entityId: Uint8Array, message: BrokerMessage, corrId?: Uint8Array): void
  pushBlock(payload: Uint8Array): void
  drop(): void
}

const LATENCY = 10
const VERSION = 18
const NONE = new Uint8Array(0)

/** What a friendly router says. */
function friendly({ command, entityId }: Pick<Received, 'command' | 'entityId'>): BrokerMessage {
  switch (command.type) {
    case 'SUB':
      return { type: 'SOK' }
    case 'PING':
      return { type: 'PONG' }
    case 'NEW':
      return { type: 'IDS', recipientId: command.key.raw.slice(0, 24), senderId: entityId, dhKey: command.dhKey }
    default:
      return { type: 'OK' }
  }
}

export function createFakeRouter(env: Env, name: string): FakeRouter {
  const { clock } = env
  const keys: KeyPair<'X25519'> = generateKeyPair('X25519', (size) => env.random(size))
  const sessions: FakeSession[] = []
  const router: FakeRouter & { attempts: number } = {
    address: { hosts: [name], port: '', keyHash: new Uint8Array(32).fill(name.length) },
    answer: friendly,
    reachable: 'yes',
    stalled: false,
    attempts: 0,
    sessions,
    blocks: [],
    connect(_env, _address, { timeout }) {
      router.attempts++
      const reachable = router.reachable
      return new Promise((resolve, reject) => {
        clock.timer(reachable === 'silent' ? timeout : LATENCY, () => {
          if (reachable === 'yes') resolve(open())
          else reject(new HearthError('network', reachable === 'no' ? 'connect' : 'timeout', 'not there', true))
        })
      })
    },
  }

  function open(): Session {
    const sessionId = env.random(32)
    const parameters = { version: VERSION, sessionId }
    let events: SessionEvents | undefined
    let buffered = 0
    const session: FakeSession = {
      id: sessionId,
      open: true,
      push(entityId, message, corrId = NONE) {
        session.pushBlock(encodeMessageFrame(parameters, corrId, entityId, message))
      },
      pushBlock(payload) {
        clock.timer(LATENCY, () => {
          if (session.open) events?.block(payload)
        })
      },
      drop() {
        if (!session.open) return
        session.open = false
        events?.close()
      },
    }
    sessions.push(session)

    function receive(payload: Uint8Array): void {
      const frames: Uint8Array[] = []
      const types: CommandType[] = []
      for (const transmission of splitBlock(payload)) {
        const received = receiveCommand(parameters, transmission)
        if (received.error !== undefined) throw new Error(`client sent ${received.error.type}`)
        const { corrId, entityId, command } = received
        types.push(command.type)
        const answer = router.answer({ session, corrId, entityId, command })
        if (answer !== undefined) frames.push(encodeMessageFrame(parameters, corrId, entityId, answer))
      }
      router.blocks.push(types)
      for (const block of packBlocks(frames)) session.pushBlock(block)
    }

    return {
      version: VERSION,
      sessionId,
      peerKey: keys.publicKey,
      ownKey: keys.privateKey,
      peerAddress: name,
      start(handlers) {
        events = handlers
      },
      sendBlock(payload) {
        if (router.stalled) {
          buffered += payload.length
          return false
        }
        clock.timer(LATENCY, () => {
          if (session.open) receive(payload)
        })
        return true
      },
      get buffered() {
        return buffered
      },
      pause() {},
      resume() {},
      end: () => clock.timer(LATENCY, session.drop),
      destroy: session.drop,
    }
  }

  return router
}
