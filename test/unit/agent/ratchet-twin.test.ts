import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ratchetDecrypt } from '../../../core/agent/ratchet/decrypt.ts'
import { encryptBody, ratchetStep } from '../../../core/agent/ratchet/encrypt.ts'
import { startAsInitiator, startAsJoiner } from '../../../core/agent/ratchet/start.ts'
import type { RatchetState, SkippedKey } from '../../../core/agent/ratchet/state.ts'
import { x3dhLinkParams } from '../../../core/agent/ratchet/x3dh.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { seededRandom } from '../../simulation/random.ts'
import { TwinRatchet } from './ratchet-twin.ts'
import { INITIATOR, JOINER, JOINER_DH } from './samples.ts'

/** One of our ratchets and a twin talk over a network that loses, repeats, reorders and damages. */
interface Party {
  send(text: string): Uint8Array
  /** The text, or the reason of the failure. */
  receive(message: Uint8Array): string
}

function ours(initial: RatchetState, random: (size: number) => Uint8Array): Party {
  let state = initial
  let skipped: SkippedKey[] = []
  return {
    send(text) {
      const step = ratchetStep(state)
      state = step.state
      return encryptBody(step.messageKey, utf8(text), 60)
    },
    receive(message) {
      const result = ratchetDecrypt(state, skipped, message, { random })
      state = result.state
      skipped = [...skipped.filter((key) => key !== result.skipped.removed), ...result.skipped.added]
      return result.ok ? Buffer.from(result.plaintext).toString() : result.error.reason
    },
  }
}

function twin(ratchet: TwinRatchet): Party {
  return {
    send: (text) => ratchet.encrypt(utf8(text), 60),
    receive(message) {
      const result = ratchet.decrypt(message)
      return typeof result === 'string' ? result : Buffer.from(result).toString()
    },
  }
}

const raw = (keys: typeof JOINER, half: 'privateKey' | 'publicKey') =>
  [keys.key1[half].raw, keys.key2[half].raw] as const

function conversation(version: number, weJoin: boolean): { joiner: Party; initiator: Party } {
  const { bytes } = seededRandom(version, `twin ${weJoin}`)
  const other = new TwinRatchet(version, () => bytes(56))
  const { state, params } = startAsJoiner(x3dhLinkParams(INITIATOR), JOINER, JOINER_DH, undefined, version)
  if (weJoin) {
    other.startAsInitiator(raw(INITIATOR, 'privateKey'), raw(JOINER, 'publicKey'))
    return { joiner: ours(state, bytes), initiator: twin(other) }
  }
  other.startAsJoiner(raw(JOINER, 'privateKey'), raw(INITIATOR, 'publicKey'), JOINER_DH.privateKey.raw)
  return { joiner: twin(other), initiator: ours(startAsInitiator(INITIATOR, params), bytes) }
}

interface InFlight {
  readonly text: string
  readonly message: Uint8Array
  taken: boolean
}

/** What happens: somebody sends, or one of the messages under way (or an old one again) arrives. */
const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant('send' as const), joiner: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('deliver' as const),
      joiner: fc.boolean(),
      which: fc.nat(1000),
      damaged: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    }),
  },
)

describe.each([
  [2, true],
  [2, false],
  [3, true],
  [3, false],
])('version %i, we join: %s', (version, weJoin) => {
  test('each message is read once, whatever the network does', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 10, maxLength: 40 }), (events) => {
        const { joiner, initiator } = conversation(version, weJoin)
        const toInitiator: InFlight[] = [{ text: 'first', message: joiner.send('first'), taken: false }]
        const toJoiner: InFlight[] = []
        let started = false
        events.forEach((step, index) => {
          const [from, to, lane] = step.joiner ? [joiner, initiator, toInitiator] : [initiator, joiner, toJoiner]
          if (step.act === 'send') {
            if (!step.joiner && !started) return
            lane.push({ text: `message ${index}`, message: from.send(`message ${index}`), taken: false })
            return
          }
          const arrived = lane[step.which % Math.max(1, lane.length)]
          if (arrived === undefined) return
          const { message } = arrived
          const result = to.receive(step.damaged ? message.with(-1, message.at(-1)! ^ 1) : message)
          if (arrived.taken) expect(['duplicate', 'earlier', 'header']).toContain(result)
          else expect(result).toBe(step.damaged ? 'body' : arrived.text)
          arrived.taken = true
          if (to === initiator) started = true
        })
      }),
      { seed: 20, numRuns: 15 },
    )
  })
})
