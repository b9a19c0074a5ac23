import { expect, test, vi } from 'vitest'
import { utf8 } from '../../../core/codec/bytes.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import { verifyAuthorisation } from '../../../core/smp/authorise.ts'
import type { Command } from '../../../core/smp/commands.ts'
import { makeQueue, makeWorld } from './world.ts'

vi.mock('../../../core/smp/authorise.ts', async (original) => {
  const module = await original<typeof import('../../../core/smp/authorise.ts')>()
  return { ...module, verifyAuthorisation: vi.fn(module.verifyAuthorisation) }
})

/** Time cannot be asserted, work can: one verification with a key of the supplied kind (smp §6.3). */
const ALGORITHMS = ['Ed25519', 'Ed448', 'X25519'] as const
const AUTH = { type: 'ERR', error: { type: 'AUTH' } }
const SEND: Command = { type: 'SEND', flags: { notification: false }, body: utf8('hello') }

test.each(ALGORITHMS.flatMap((own) => ALGORITHMS.map((supplied) => [own, supplied] as const)))(
  'queue key %s, supplied %s: every refusal costs the same',
  (own, supplied) => {
    const world = makeWorld()
    const client = world.connect()
    const queue = makeQueue(world, client, { algorithm: own })
    const secured = makeQueue(world, client)
    const contact = makeQueue(world, client, { queue: { mode: 'contact' } })
    const sender = generateKeyPair(own, world.env.random)
    client.ask({ type: 'KEY', key: sender.publicKey }, secured.forRecipient)
    const wrong = generateKeyPair(supplied, world.env.random)
    const key = wrong.privateKey
    const nowhere = world.env.random(24)
    const refusals: [string, Command, Uint8Array][] = [
      ['recipient, wrong key', { type: 'SUB' }, queue.recipientId],
      ['recipient, no queue', { type: 'SUB' }, nowhere],
      ['recipient, id of the sender', { type: 'SUB' }, queue.senderId],
      ['sender, wrong key', SEND, secured.senderId],
      ['sender, not secured', SEND, queue.senderId],
      ['sender, no queue', SEND, nowhere],
      ['SKEY, other key set', { type: 'SKEY', key: wrong.publicKey }, secured.senderId],
      ['SKEY, contact', { type: 'SKEY', key: wrong.publicKey }, contact.senderId],
      ['LKEY, no link', { type: 'LKEY', key: wrong.publicKey }, nowhere],
    ]
    for (const [what, command, entity] of refusals) {
      vi.mocked(verifyAuthorisation).mockClear()
      expect(client.ask(command, { entity, key })).toEqual(AUTH)
      const kinds = vi.mocked(verifyAuthorisation).mock.calls.map(([used]) => used.algorithm)
      expect([what, ...kinds]).toEqual([what, supplied])
    }
  },
)
