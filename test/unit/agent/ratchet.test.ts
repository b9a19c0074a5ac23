import { describe, expect, test } from 'vitest'
import { type Decryption, ratchetDecrypt } from '../../../core/agent/ratchet/decrypt.ts'
import { encryptBody, encryptedSize, ratchetStep, type StepOptions } from '../../../core/agent/ratchet/encrypt.ts'
import { RatchetError } from '../../../core/agent/ratchet/error.ts'
import { decodeEncryptedHeader, decodeHeader, decodeMessage, encodeHeader } from '../../../core/agent/ratchet/header.ts'
import { chainStep, rootStep } from '../../../core/agent/ratchet/kdf.ts'
import type { Kem } from '../../../core/agent/ratchet/kem.ts'
import type { E2eParams } from '../../../core/agent/ratchet/params.ts'
import { agreeE2eVersion, joinerState, startAsInitiator, startAsJoiner } from '../../../core/agent/ratchet/start.ts'
import { type RatchetState, type SkippedKey, x448Public } from '../../../core/agent/ratchet/state.ts'
import { x3dhAsInitiator, x3dhAsJoiner, x3dhLinkParams } from '../../../core/agent/ratchet/x3dh.ts'
import { concat, fromHex, hex, utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { sha256 } from '../../../core/crypto/hash.ts'
import { seededRandom } from '../../simulation/random.ts'
import { INITIATOR, JOINER, JOINER_DH, repeated } from './samples.ts'

const { bytes: random } = seededRandom(1, 'ratchet')
const LINK = x3dhLinkParams(INITIATOR)

/** Someone in a conversation: applies what a decryption says, as a store would. */
class Side {
  state: RatchetState
  skipped: SkippedKey[] = []
  constructor(state: RatchetState) {
    this.state = state
  }

  send(text: string, options?: StepOptions): Uint8Array {
    const { state, messageKey } = ratchetStep(this.state, options)
    this.state = state
    return encryptBody(messageKey, utf8(text), 100)
  }

  receive(message: Uint8Array, kem?: Kem): string {
    const result = this.decrypt(message, kem)
    return result.ok ? Buffer.from(result.plaintext).toString() : result.error.reason
  }

  decrypt(message: Uint8Array, kem?: Kem): Decryption {
    const result = ratchetDecrypt(this.state, this.skipped, message, { random, kem })
    this.state = result.state
    this.skipped = [...this.skipped.filter((key) => key !== result.skipped.removed), ...result.skipped.added]
    return result
  }
}

function start(version = 3): { joiner: Side; initiator: Side } {
  const { state, params } = startAsJoiner(LINK, JOINER, JOINER_DH, undefined, version)
  return { joiner: new Side(state), initiator: new Side(startAsInitiator(INITIATOR, params)) }
}

const damage = (message: Uint8Array, at: number) => message.map((byte, i) => (i === at ? byte ^ 1 : byte))

describe('worked example of agent §14.4', () => {
  const secrets = x3dhAsJoiner(JOINER, LINK)

  test('agreement', () => {
    expect(hex(agree(JOINER.key2.privateKey, INITIATOR.key1.publicKey))).toBe(
      '15503735bd3f256fe842916cb4c4f636a31b3f4431b0fd4857ac371daf9260c3f803ac8da9340f181c1b2df76d1d1fa468ad20a32732f519',
    )
    expect(hex(secrets.headerKey)).toBe('dcee83d9817192f959603a332dee7f04f22c4b73c53a04a32d88574ab18019b6')
    expect(hex(secrets.nextHeaderKey)).toBe('88d2e60da888f80c56834852298ff83c82354ae8be6461210a1e1b2c85cd7ed2')
    expect(hex(secrets.rootKey)).toBe('128f397328c8b4c59d2f6f348934fec6a71ffab634faef526b6b19ca3c790600')
    expect(x3dhAsInitiator(INITIATOR, { key1: JOINER.key1.publicKey, key2: JOINER.key2.publicKey })).toEqual(secrets)
  })

  test('first root and chain step', () => {
    const root = rootStep(secrets.rootKey, agree(JOINER_DH.privateKey, INITIATOR.key2.publicKey))
    expect(hex(root.rootKey)).toBe('c4ffbecd2777345ea5d0b76ac5579d10e615fc90332f33f2c961fab0fefdab13')
    expect(hex(root.chainKey)).toBe('335eda96143c34c4b8d27f37a0c916c824a62a3946b6ecbd53892ae63e23ddd5')
    expect(hex(root.nextHeaderKey)).toBe('eca9561192ced274dab484c08119c628a653a49b88ca3a3eed6e22a8abc93081')
    const chain = chainStep(root.chainKey)
    expect(hex(chain.chainKey)).toBe('16c0fadc2c27de85711e664e0017de3c117afdc8142a9f53c100139601353a3d')
    expect(hex(chain.messageKey)).toBe('d4ee6834103828887d0dc8b89bd6d4657d8d472d996d2ecd51683a5d7c106f4f')
    expect(hex(chain.messageIv)).toBe('5110934eab26b8e07bb752c646d04d94')
    expect(hex(chain.headerIv)).toBe('bd0002304f1b4e7e280a1d8e288f5468')
  })

  test('header of version 3', () => {
    const header = { maxVersion: 3, dh: JOINER_DH.publicKey, kem: undefined, previousCount: 0, number: 0 }
    const bytes = encodeHeader(3, header)
    expect(hex(bytes)).toBe(
      '0003443042300506032b656f033900839a6ce4a270e77ffad8ec49b8dd7e32bd589886425e7a098e2cd9ac2f266f11562039287cc44e8c08c9609c0450ef33c75fd92daebac761300000000000000000',
    )
    expect(decodeHeader(3, bytes)).toEqual(header)
    expect(encodeHeader(2, header)).toHaveLength(79)
    // The padding has room for what later versions add.
    expect(decodeHeader(3, concat(bytes, Uint8Array.of(7, 7)))).toEqual(header)
  })

  test('message of version 3', () => {
    const { joiner, initiator } = start()
    const message = joiner.send('hello')
    expect(hex(message)).toBe(
      '007c0003bd0002304f1b4e7e280a1d8e288f546840336ce5a2aabddf116f9fdc3581082e00586e9466830c2332f2b921dd7acd56ab47b3d9320e5e0cbf932edefae6728369cf17b9f678b0478cbd8450d0e55cf50c2191522d7ef73956d500558de649f4954480ef8a3aa1e32d318c97390a003673369f180378b5dc13633a3fb2d7ad114c5c2794f017229c114011c67d7a096c43b0f121af6d3a1c20e69feb3e26145846ab17f3b7493e60419a83f83928c5432ed58651c58674f9a84571f181df94c8481ef74827e22c68f97f7a8058e84aee27d9f509a554bf07a3c4cecfc5a18c44e423af34240d0e37205b5f6c7f58',
    )
    expect(initiator.receive(message)).toBe('hello')
  })

  test('message of version 2', () => {
    const { joiner, initiator } = start(2)
    const message = joiner.send('hello')
    expect(hex(message)).toBe(
      '7b0002bd0002304f1b4e7e280a1d8e288f5468eaa339b6fc4eeb9f9a1ef069e33f5c77586e8b66830c2332f2b921dd7acd56ab47b3d9320e5e0cbf932edefae6728369cf17b9f678b0478cbd8450d0e55cf50c2191522d7ef73956d500558de649f4954480ef8a3aa1e32d318ca7390a003673369f3b0378b5dc1363789a38717e150bb8cbc80195454c241a11c67d7a096c43b0f121af6d3a1c20e69feb3e26145846ab17f3b7493e60419a83f83928c5432ed58651c58674f9a84571f181df94c8481ef74827e22c68f97f7a8058e84aee27d9f509a554bf07a3c4cecfc5a18c44e423af34240d0e37205b5f6c7f58',
    )
    expect(initiator.receive(message)).toBe('hello')
  })

  test('message of full size', () => {
    const { messageKey } = ratchetStep(start().joiner.state)
    const message = encryptBody(messageKey, utf8('hello'), 15840)
    expect(message).toHaveLength(15982)
    expect(encryptedSize(messageKey, 15840)).toBe(15982)
    expect(hex(sha256(message))).toBe('bab8f6c02a9576106307c6c4519809a1b43f556af7f9f2bf92be652a2f1a6422')
  })

  test('a KEM secret enters the agreement and the first root step', () => {
    const secret = fromHex('a1db41616ada7559d3ccbe0a62e0f9eb77139ba0b7d684454311165707f6d9ec')
    const mixed = x3dhAsJoiner(JOINER, LINK, secret)
    expect(hex(mixed.headerKey)).toBe('50a91f0ad9e5c36df98ea0266dc43e0421f5e792d76e9c99d8d16ab2d2fdbb91')
    expect(hex(mixed.rootKey)).toBe('4c58ae0193b821674da3588c87b8a8e3c64325c4501f1820e7228ad492d9ed2a')
    const accepted = { peerKey: repeated(1, 1158), secret, ciphertext: repeated(2, 1039) }
    const kem = { own: { publicKey: repeated(1, 1158), secretKey: repeated(3, 1763) }, accepted }
    const state = joinerState(mixed, LINK, JOINER_DH, kem, 3)
    expect(hex(state.rootKey)).toBe('f960a6c666751c401fec2e6b0e2505200daa5b1e2708fb37c322e68e77d87973')
    expect(hex(state.send!.chainKey)).toBe('0a85a3943d51711e771ee4f3fbc7cb22fc2f1a036b59d956096ebaecbad93caa')
    const { messageKey } = ratchetStep(state)
    expect(hex(messageKey.key)).toBe('128b9ccc5733f56193b0f6092f401a4f0dc5f6735b2a6179dcbec5eaa8bb398b')
    expect(messageKey.encHeader).toHaveLength(2346)
    expect(encryptBody(messageKey, utf8('hello'), 100)).toHaveLength(2464)
  })
})

describe('conversations', () => {
  test('both ways, many steps', () => {
    const { joiner, initiator } = start()
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 3; i++) expect(initiator.receive(joiner.send(`j${round}.${i}`))).toBe(`j${round}.${i}`)
      for (let i = 0; i < 2; i++) expect(joiner.receive(initiator.send(`i${round}.${i}`))).toBe(`i${round}.${i}`)
    }
    expect([...joiner.skipped, ...initiator.skipped]).toEqual([])
  })

  test('the initiator cannot speak first', () => {
    const { initiator } = start()
    expect(() => initiator.send('too early')).toThrow(RatchetError)
    expect(() => initiator.send('too early')).toThrow('nothing was received yet')
  })

  test('versions grow from 2 to 3 once both have heard of it', () => {
    const { joiner, initiator } = start(2)
    expect(initiator.receive(joiner.send('a'))).toBe('a')
    expect([joiner.state.version, initiator.state.version]).toEqual([2, 3])
    const answer = initiator.send('b')
    expect(decodeEncryptedHeader(decodeMessage(answer).encHeader).version).toBe(3)
    expect(joiner.receive(answer)).toBe('b')
    expect(joiner.state.version).toBe(3)
    expect(initiator.receive(joiner.send('c'))).toBe('c')
  })

  test('a peer that knows version 2 only keeps the ratchet there', () => {
    const { joiner, initiator } = start(2)
    joiner.state = { ...joiner.state, maxVersion: 2 }
    expect(initiator.receive(joiner.send('a', { maxVersion: 2 }))).toBe('a')
    expect(initiator.state.version).toBe(2)
    expect(joiner.receive(initiator.send('b'))).toBe('b')
    expect(joiner.state.version).toBe(2)
  })

  test('an input that cannot be a message leaves the very same state', () => {
    const { joiner, initiator } = start()
    initiator.receive(joiner.send('a'))
    const message = joiner.send('b')
    const before = initiator.state
    for (const broken of [new Uint8Array(0), message.subarray(0, 50), message.subarray(0, 126), damage(message, 50)]) {
      expect(initiator.decrypt(broken)).toMatchObject({ ok: false, skipped: { added: [], removed: undefined } })
      expect(initiator.state).toBe(before)
    }
    expect(initiator.receive(damage(message, 50))).toBe('header')
    expect(initiator.receive(message.subarray(0, 50))).toBe('syntax')
    expect(initiator.receive(message)).toBe('b')
  })

  test('a damaged body spends its key, kept or new', () => {
    const { joiner, initiator } = start()
    const [first, second, third] = [joiner.send('1'), joiner.send('2'), joiner.send('3')]
    expect(initiator.receive(damage(second, second.length - 1))).toBe('body')
    expect(initiator.receive(second)).toBe('duplicate')
    expect(initiator.receive(third)).toBe('3')
    expect(initiator.skipped).toHaveLength(1)
    expect(initiator.receive(damage(first, first.length - 1))).toBe('body')
    expect(initiator.skipped).toEqual([])
    expect(initiator.receive(first)).toBe('earlier')
  })

  test('a gap of 512 is bridged, one of 513 is not, and a step outlives the gap', () => {
    const { joiner, initiator } = start()
    const messages = Array.from({ length: 515 }, (_, i) => joiner.send(`${i}`))
    const step = initiator.decrypt(messages[513]!)
    expect(step.ok ? undefined : [step.error.reason, step.error.count]).toEqual(['skipped', 514])
    expect(initiator.state.send).toBeDefined()
    expect(initiator.receive(messages[512]!)).toBe('512')
    expect(initiator.skipped).toHaveLength(512)
    expect(initiator.receive(messages[514]!)).toBe('514')
    expect(initiator.receive(messages[0]!)).toBe('0')
    expect(initiator.receive(messages[513]!)).toBe('513')
    expect(initiator.skipped).toHaveLength(511)
  })

  test('a gap in the old chain stops a step before anything changes', () => {
    const { joiner, initiator } = start()
    initiator.receive(joiner.send('a'))
    for (let i = 0; i < 600; i++) joiner.send('lost')
    joiner.receive(initiator.send('b'))
    const message = joiner.send('c')
    const before = initiator.state
    expect(initiator.receive(message)).toBe('skipped')
    expect(initiator.state).toBe(before)
  })
})

describe('KEM', () => {
  const publicKey = repeated(7, 1158)
  const params = startAsJoiner(LINK, JOINER, JOINER_DH).params
  const accepted: E2eParams = { ...params, kem: { kind: 'accepted', ciphertext: repeated(1, 1039), publicKey } }

  test('without one a proposal in a link is not answered', () => {
    const link = { ...LINK, kem: { kind: 'proposed', publicKey } } as const
    const { state, params: answer } = startAsJoiner(link, JOINER, JOINER_DH)
    expect(answer.kem).toBeUndefined()
    expect([state.kem, state.supportKem, state.enableKem]).toEqual([undefined, false, false])
  })

  test('without one a proposal in a confirmation is ignored and an acceptance refused', () => {
    const proposed: E2eParams = { ...params, kem: { kind: 'proposed', publicKey } }
    expect(startAsInitiator(INITIATOR, proposed)).toEqual(startAsInitiator(INITIATOR, params))
    expect(() => startAsInitiator(INITIATOR, accepted)).toThrow(RatchetError)
  })

  /** A KEM of equal sizes and no strength: the ciphertext holds the secret. */
  const toy: Kem = {
    generate: () => ({ publicKey: random(1158), secretKey: random(1763) }),
    encapsulate() {
      const ciphertext = random(1039)
      return { ciphertext, secret: sha256(ciphertext) }
    },
    decapsulate: (_secretKey, ciphertext) => sha256(ciphertext),
  }

  test('proposals in headers are ignored without one, an acceptance out of the blue stops at the header', () => {
    const { joiner, initiator } = start()
    joiner.state = { ...joiner.state, kem: { own: toy.generate(), accepted: undefined }, supportKem: true }
    expect(initiator.receive(joiner.send('proposed'))).toBe('proposed')
    expect([initiator.state.kem, initiator.state.enableKem]).toEqual([undefined, false])

    const other = start()
    const { ciphertext, secret } = toy.encapsulate(publicKey)
    const own = toy.generate()
    other.joiner.state = {
      ...other.joiner.state,
      kem: { own, accepted: { peerKey: publicKey, secret, ciphertext } },
      supportKem: true,
    }
    const before = other.initiator.state
    expect(other.initiator.receive(other.joiner.send('accepted'))).toBe('kem')
    expect(other.initiator.state).toBe(before)
  })

  test('with one it becomes active, and either side can turn it off again', () => {
    const link = { ...LINK, kem: { kind: 'proposed', publicKey } } as const
    const { state, params: answer } = startAsJoiner(link, JOINER, JOINER_DH, toy)
    const joiner = new Side(state)
    const proposed = { publicKey, secretKey: random(1763) }
    const initiator = new Side(startAsInitiator(INITIATOR, answer, { kem: toy, proposed }))
    expect(initiator.receive(joiner.send('a'), toy)).toBe('a')
    expect(joiner.receive(initiator.send('b'), toy)).toBe('b')
    expect([joiner, initiator].map(({ state: s }) => [s.sendKem, s.receiveKem])).toEqual([
      [true, true],
      [true, true],
    ])
    expect(joiner.receive(initiator.send('c', { pq: false }), toy)).toBe('c')
    expect(initiator.receive(joiner.send('d'), toy)).toBe('d')
    expect(joiner.receive(initiator.send('e'), toy)).toBe('e')
    expect([joiner.state.sendKem, joiner.state.receiveKem]).toEqual([false, false])
  })
})

describe('refusals', () => {
  test('versions that nobody speaks', () => {
    expect(() => agreeE2eVersion({ ...LINK, versions: { min: 4, max: 5 } })).toThrow(HearthError)
    expect(agreeE2eVersion({ ...LINK, versions: { min: 1, max: 2 } })).toBe(2)
    const { params } = startAsJoiner(LINK, JOINER, JOINER_DH)
    expect(() => startAsInitiator(INITIATOR, { ...params, version: 4 })).toThrow('version 4')
  })

  test('a plaintext that is too long', () => {
    const { messageKey } = ratchetStep(start().joiner.state)
    expect(encryptBody(messageKey, new Uint8Array(98), 100)).toHaveLength(242)
    expect(() => encryptBody(messageKey, new Uint8Array(99), 100)).toThrow(HearthError)
  })

  test('a key that is not on the curve', () => {
    const { joiner, initiator } = start()
    joiner.state = { ...joiner.state, dhPublic: x448Public(new Uint8Array(56)).raw }
    const before = initiator.state
    expect(initiator.receive(joiner.send('zero'))).toBe('syntax')
    expect(initiator.state).toBe(before)
  })
})
