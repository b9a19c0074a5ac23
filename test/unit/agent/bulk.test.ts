import { afterEach, describe, expect, test } from 'vitest'
import { decodeBatch, encodeBatch } from '../../../core/agent/bulk/batch.ts'
import { type BulkCipher, createBulkCipher } from '../../../core/agent/bulk/cipher.ts'
import { type BulkItem, MESSAGE_BODY_SIZE, sealMessage } from '../../../core/agent/bulk/seal.ts'
import { encodeAgentEnvelope } from '../../../core/agent/envelope.ts'
import { encodeAMessage, messagePrefix } from '../../../core/agent/message.ts'
import { encryptBody, ratchetStep } from '../../../core/agent/ratchet/encrypt.ts'
import { startAsJoiner } from '../../../core/agent/ratchet/start.ts'
import { x3dhLinkParams } from '../../../core/agent/ratchet/x3dh.ts'
import { maxMessageBody, messageSize } from '../../../core/agent/sizes.ts'
import { concat, EMPTY, hex } from '../../../core/codec/bytes.ts'
import { boxKey } from '../../../core/crypto/box.ts'
import { sha256 } from '../../../core/crypto/hash.ts'
import { MESSAGE_PADDING, sealEnvelope } from '../../../core/smp/envelope.ts'
import { seededRandom } from '../../simulation/random.ts'
import { INITIATOR, JOINER, JOINER_DH, repeated } from './samples.ts'

const { bytes: random } = seededRandom(1, 'bulk')

/** Messages of one ratchet, each with a queue secret and nonce of its own. */
function items(count: number, body: Uint8Array, version = 3, pq = false): BulkItem[] {
  let { state } = startAsJoiner(x3dhLinkParams(INITIATOR), JOINER, JOINER_DH, undefined, version)
  if (pq) state = { ...state, supportKem: true }
  return Array.from({ length: count }, (_, number) => {
    const step = ratchetStep(state)
    state = step.state
    return {
      messageKey: step.messageKey,
      prefix: messagePrefix(number + 2, repeated(0xee, 32)),
      body,
      paddedLength: messageSize(pq),
      boxKey: boxKey(random(32)),
      nonce: random(24),
      clientVersion: 4,
    }
  })
}

/** The same, layer by layer, with the functions that each layer has. */
function layered(item: BulkItem): Uint8Array {
  const encrypted = encryptBody(item.messageKey, concat(item.prefix, item.body), item.paddedLength)
  const body = encodeAgentEnvelope({ type: 'message', version: 7, encrypted })
  return sealEnvelope(item.boxKey, { version: item.clientVersion }, item.nonce, { body }, MESSAGE_PADDING)
}

const digest = (bodies: readonly Uint8Array[]) => bodies.map((body) => hex(sha256(body)))
const BODY = encodeAMessage({ type: 'A_MSG', body: random(5000) })

describe('a sealed message', () => {
  test.each([
    ['version 3', 3, false],
    ['version 2', 2, false],
    ['large headers', 3, true],
  ] as const)('%s is what the layers make one after the other', (_, version, pq) => {
    for (const body of [BODY, encodeAMessage({ type: 'HELLO' }), random(maxMessageBody(pq) + 1)]) {
      const [item] = items(1, body, version, pq)
      const sealed = sealMessage(item!)
      expect(sealed).toHaveLength(MESSAGE_BODY_SIZE)
      expect(digest([sealed])).toEqual(digest([layered(item!)]))
    }
  })

  test('a complete plaintext needs no prefix', () => {
    const [item] = items(1, BODY)
    const whole: BulkItem = { ...item!, prefix: EMPTY, body: concat(item!.prefix, item!.body) }
    expect(digest([sealMessage(whole)])).toEqual(digest([sealMessage(item!)]))
  })

  test('one byte more than fits is refused', () => {
    const [item] = items(1, random(maxMessageBody(false) + 2))
    expect(() => sealMessage(item!)).toThrow('do not fit')
    const [wide] = items(1, BODY, 3, true)
    expect(() => sealMessage({ ...wide!, paddedLength: messageSize(false) })).toThrow('do not fit')
  })
})

describe('batches', () => {
  test('come out as they went in, each body once', () => {
    const other = random(100)
    const batch = [...items(3, BODY), ...items(2, other, 2), ...items(1, BODY, 3, true)]
    const encoded = encodeBatch(batch)
    expect(decodeBatch(encoded)).toEqual(batch)
    const alone = encodeBatch([batch[0]!]).length + encodeBatch([batch[3]!]).length
    expect(encoded.length).toBeLessThan(alone + 4 * 3000)
    expect(encoded.byteLength).toBe(encoded.buffer.byteLength)
  })
})

describe('the cipher', () => {
  const open: BulkCipher[] = []
  const cipher = (threads: number, capacity?: number) => {
    const made = createBulkCipher(capacity === undefined ? { threads } : { threads, capacity })
    open.push(made)
    return made
  }
  afterEach(async () => {
    await Promise.all(open.splice(0).map((made) => made.close()))
  })

  test.each([0, 1, 2])('with %i threads seals every item, in order', async (threads) => {
    const { encrypt } = cipher(threads)
    const batches = [items(5, BODY), items(1, random(20), 2), items(3, BODY, 3, true)]
    const sealed = await Promise.all(batches.map(encrypt))
    for (const [i, batch] of batches.entries()) expect(digest(sealed[i]!)).toEqual(digest(batch.map(sealMessage)))
    expect(await encrypt([])).toEqual([])
  })

  test('takes no more at a time than its capacity, and finishes all', async () => {
    const { encrypt } = cipher(1, 4)
    const batches = Array.from({ length: 6 }, () => items(3, BODY))
    const finished: number[] = []
    await Promise.all(
      batches.map(async (batch, i) => {
        const sealed = await encrypt(batch)
        finished.push(i)
        expect(digest(sealed)).toEqual(digest(batch.map(sealMessage)))
      }),
    )
    expect(finished).toEqual([0, 1, 2, 3, 4, 5])
  })

  test.each([0, 1])('with %i threads refuses a batch with a body that is too large', async (threads) => {
    const { encrypt } = cipher(threads)
    const large = items(1, random(16000))
    await expect(encrypt([...items(1, BODY), ...large])).rejects.toMatchObject({ kind: 'crypto', code: 'large' })
    expect(await encrypt(items(1, BODY))).toHaveLength(1)
  })

  test('a thread that fails is replaced', async () => {
    const { encrypt } = cipher(1)
    const [item] = items(1, BODY)
    const broken: BulkItem = { ...item!, boxKey: new Uint8Array(31) }
    await expect(encrypt([broken])).rejects.toMatchObject({ kind: 'crypto', code: 'bulk', temporary: true })
    expect(digest(await encrypt([item!]))).toEqual(digest([sealMessage(item!)]))
  })

  test('after closing nothing is taken any more', async () => {
    const made = cipher(1)
    await made.encrypt(items(1, BODY))
    await made.close()
    await expect(made.encrypt(items(1, BODY))).rejects.toMatchObject({ kind: 'usage', code: 'closed' })
  })
})
