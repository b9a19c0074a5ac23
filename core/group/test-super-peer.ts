import type { ConnId } from '../agent/api.ts'
import type { MessageElement } from '../chat/container.ts'
import { encodeConnInfo } from '../chat/outgoing.ts'
import { bind, bindingsOf, unbind } from '../chat/state/bindings.ts'
import { HearthError } from '../codec/error.ts'
import { verify } from '../crypto/sign.ts'
import type { Store, Tx } from '../store/database.ts'
import type { SuperPeerTest } from './api.ts'
import type { GroupContext } from './context.ts'
import { readRelayAddress } from './link.ts'

/** Does whoever answers at an address hold its key (chat §4.7)? Leaves nothing behind. */
export interface SuperPeerTests {
  test(address: string): Promise<SuperPeerTest>
  /** The answer, or the failure, of a connection that is bound as `relay-test`. */
  answered(tx: Tx, conn: ConnId, element: MessageElement): Promise<void>
  failed(tx: Tx, conn: ConnId, error: HearthError): Promise<void>
  /** Ends tests that an earlier life of this program left. */
  clear(): Promise<void>
}

interface Waiting {
  resolve(element: MessageElement): void
  reject(error: HearthError): void
}

export function createSuperPeerTests(context: GroupContext): SuperPeerTests {
  const waiting = new Map<ConnId, Waiting>()
  const { store, env, agent } = context

  async function end(tx: Tx, conn: ConnId): Promise<void> {
    await agent.remove(tx, conn)
  }

  async function answer(conn: ConnId): Promise<MessageElement> {
    return new Promise<MessageElement>((resolve, reject) => {
      const timer = env.clock.timer(context.settings.testTimeout, () =>
        reject(new HearthError('network', 'timeout', 'the super-peer did not answer', true)),
      )
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          timer.cancel()
          settle(value)
        }
      }
      waiting.set(conn, { resolve: settled(resolve), reject: settled(reject) })
    })
  }

  return {
    async test(address) {
      const { key, profile, fullLink } = await readRelayAddress(agent, address)
      const challenge = env.random(32)
      const began = env.clock.monotonic()
      let answering: Promise<MessageElement> | undefined
      const conn = await store.write(async (tx) => {
        const info = encodeConnInfo({ type: 'x.grp.relay.test', params: { challenge } })
        const joined = await agent.join(tx, fullLink, info)
        await bind(tx, joined, 'relay-test', 0)
        answering = answer(joined)
        // Awaited below, unless this transaction fails.
        answering.catch(() => undefined)
        return joined
      })
      try {
        const { event } = (await answering!).message
        const signature = event.type === 'x.grp.relay.test' ? event.params.signature : undefined
        if (signature === undefined || !verify(key, challenge, signature)) {
          throw new HearthError('protocol', 'relay-test', 'whoever answered does not hold the key of this address')
        }
        return { profile, roundTrip: env.clock.monotonic() - began }
      } finally {
        waiting.delete(conn)
        await store.write((tx) => end(tx, conn))
      }
    },
    async answered(tx, conn, element) {
      const test = waiting.get(conn)
      tx.afterCommit(() => test?.resolve(element))
    },
    async failed(tx, conn, error) {
      const test = waiting.get(conn)
      tx.afterCommit(() => test?.reject(error))
    },
    clear: () => clearTests(store, end),
  }
}

async function clearTests(store: Store, end: (tx: Tx, conn: ConnId) => Promise<void>): Promise<void> {
  await store.write(async (tx) => {
    for (const { conn } of await bindingsOf(tx, 'relay-test')) {
      await end(tx, conn)
      await unbind(tx, conn)
    }
  })
}
