import { EMPTY } from '../codec/bytes.ts'
import { CodecError, HearthError } from '../codec/error.ts'
import { generateKeyPair } from '../crypto/keypair.ts'
import type { Env } from '../env/env.ts'
import { parseRouterAddress, type RouterAddress } from '../smp/address.ts'
import { createSmpClient } from '../smp/client/client.ts'

/**
 * Tries a router as a host would use it: its certificate fits the address, it makes a queue (which shows that the
 * password is right), and answers. The queue is deleted again. Resolves to the round trip in milliseconds.
 * Errors: usage `router-address`; those of connecting and of the router.
 */
export async function testRouter(env: Env, text: string): Promise<{ readonly roundTrip: number }> {
  const router = parsed(text)
  const client = createSmpClient(env, {
    message() {},
    end() {},
    deleted() {},
    up() {},
    down() {},
    refused() {},
  })
  try {
    const { key, ids } = await newQueue(env, router, client)
    const begin = env.clock.monotonic()
    const answer = await client.request(router, { entityId: EMPTY, command: { type: 'PING' } }, 'interactive')
    const roundTrip = env.clock.monotonic() - begin
    if (answer.type !== 'PONG') throw unexpected('PING', answer.type)
    await client.request(router, { entityId: ids, command: { type: 'DEL' }, key }, 'interactive')
    return { roundTrip }
  } finally {
    await client.close()
  }
}

async function newQueue(env: Env, router: RouterAddress, client: ReturnType<typeof createSmpClient>) {
  const keys = generateKeyPair('Ed25519', env.random)
  const dh = generateKeyPair('X25519', env.random)
  const answer = await client.request(
    router,
    {
      entityId: EMPTY,
      command: {
        type: 'NEW',
        key: keys.publicKey,
        dhKey: dh.publicKey,
        basicAuth: router.basicAuth,
        subscribe: false,
        queue: { mode: 'messaging' },
      },
      key: keys.privateKey,
    },
    'interactive',
  )
  if (answer.type !== 'IDS') throw unexpected('NEW', answer.type)
  return { key: keys.privateKey, ids: answer.recipientId }
}

function parsed(text: string): RouterAddress {
  try {
    return parseRouterAddress(text)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new HearthError('usage', 'router-address', 'not a router address (smp://fingerprint@host:port)')
  }
}

function unexpected(command: string, answer: string): HearthError {
  return new HearthError('protocol', 'unexpected', `the router answered ${command} with ${answer}`)
}
