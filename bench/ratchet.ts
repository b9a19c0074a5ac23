import { createBulkCipher } from '../core/agent/bulk/cipher.ts'
import { type BulkItem, sealMessage } from '../core/agent/bulk/seal.ts'
import { encodeAMessage, messageHash, messagePrefix } from '../core/agent/message.ts'
import { ratchetDecrypt } from '../core/agent/ratchet/decrypt.ts'
import { encryptBody, ratchetStep } from '../core/agent/ratchet/encrypt.ts'
import { startAsInitiator, startAsJoiner } from '../core/agent/ratchet/start.ts'
import type { RatchetState } from '../core/agent/ratchet/state.ts'
import { generateX3dhKeys, x3dhLinkParams } from '../core/agent/ratchet/x3dh.ts'
import { maxMessageBody, messageSize } from '../core/agent/sizes.ts'
import { concat } from '../core/codec/bytes.ts'
import { boxKey } from '../core/crypto/box.ts'
import { generateKeyPair } from '../core/crypto/keypair.ts'
import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import { measure, rate } from './measure.ts'
import { figure, options } from './options.ts'
import { usage } from './process.ts'

const { random } = realEnv({ log: silentLog })

/**
 * The ratchet, and what a super-peer does with it for each recipient of a message: `enqueue` is the hash, the chain step
 * and the encrypted header, `seal` the whole body of a SEND, `bulk` the same in batches through threads.
 */
export async function run(args: readonly string[]): Promise<object> {
  const parameters = options(args, { milliseconds: 400, body: 1000, batch: 64, threads: 1, items: 6400 })
  const time = (operation: () => unknown) => measure(operation, parameters.milliseconds)
  const { joiner, initiator } = connect()
  const size = messageSize(false)
  const body = encodeAMessage({ type: 'A_MSG', body: random(Math.min(parameters.body, maxMessageBody(false))) })
  const prefix = messagePrefix(2, random(32))
  const plaintext = concat(prefix, body)

  let sender = joiner
  const step = () => {
    const result = ratchetStep(sender)
    sender = result.state
    return result.messageKey
  }
  const messageKey = step()
  const first = encryptBody(messageKey, plaintext, size)
  const received = expectOk(ratchetDecrypt(initiator, [], first, { random }))
  const second = encryptBody(step(), plaintext, size)
  const item: BulkItem = {
    messageKey,
    prefix,
    body,
    paddedLength: size,
    boxKey: boxKey(random(32)),
    nonce: random(24),
    clientVersion: 4,
  }
  return {
    parameters,
    figures: {
      connect: time(connect),
      chainStep: time(step),
      enqueue: time(() => {
        messageHash(prefix, body)
        step()
      }),
      encryptBody: time(() => encryptBody(messageKey, plaintext, size)),
      decrypt: time(() => ratchetDecrypt(received, [], second, { random })),
      decryptWithStep: time(() => ratchetDecrypt(initiator, [], first, { random })),
      seal: time(() => sealMessage(item)),
      bulk: await bulk(item, parameters),
    },
  }
}

function connect(): { joiner: RatchetState; initiator: RatchetState } {
  const keys = generateX3dhKeys(random)
  const dh = generateKeyPair('X448', random)
  const { state, params } = startAsJoiner(x3dhLinkParams(keys), generateX3dhKeys(random), dh)
  return { joiner: state, initiator: startAsInitiator(keys, params) }
}

function expectOk(result: ReturnType<typeof ratchetDecrypt>): RatchetState {
  if (!result.ok) throw result.error
  return result.state
}

interface BulkParameters {
  readonly batch: number
  readonly threads: number
  readonly items: number
}

/** All threads kept busy with two batches each. Processor time is of the whole process, memory is its peak. */
async function bulk(item: BulkItem, { batch, threads, items }: BulkParameters): Promise<object> {
  const cipher = createBulkCipher({ threads, capacity: 2 * batch })
  const batches = Math.ceil(items / batch)
  const next = () => cipher.encrypt(Array.from({ length: batch }, () => ({ ...item, nonce: random(24) })))
  await next()
  const before = usage()
  const start = performance.now()
  let idle = 0
  let started = 0
  async function lane(): Promise<void> {
    while (started < batches) {
      started++
      await next()
    }
  }
  const loop = performance.eventLoopUtilization()
  await Promise.all(Array.from({ length: Math.max(1, 2 * threads) }, lane))
  idle = performance.eventLoopUtilization(loop).idle
  const elapsed = performance.now() - start
  const cpu = usage().cpuMs - before.cpuMs
  await cipher.close()
  const sealed = batches * batch
  return {
    ...rate((elapsed * 1000) / sealed),
    cpuUs: figure((cpu * 1000) / sealed),
    mainThreadUs: figure(((elapsed - idle) * 1000) / sealed),
    peakRssMB: figure(usage().peakRssMB),
  }
}
