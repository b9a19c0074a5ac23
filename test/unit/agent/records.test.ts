import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ratchetStep } from '../../../core/agent/ratchet/encrypt.ts'
import { startAsInitiator, startAsJoiner } from '../../../core/agent/ratchet/start.ts'
import { generateX3dhKeys, x3dhLinkParams } from '../../../core/agent/ratchet/x3dh.ts'
import { decodeRatchet, encodeRatchet } from '../../../core/agent/records/ratchets.ts'
import { decodeSealing, encodeSealing } from '../../../core/agent/records/sealing.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'

let next = 1
const random = (size: number) => new Uint8Array(size).fill(next++ & 0xff)

test('both ends of a ratchet come back as they were stored', () => {
  const keys = generateX3dhKeys(random)
  const joiner = startAsJoiner(x3dhLinkParams(keys), generateX3dhKeys(random), generateKeyPair('X448', random))
  const initiator = startAsInitiator(keys, joiner.params)
  for (const state of [joiner.state, initiator, ratchetStep(joiner.state).state]) {
    const bytes = encodeRatchet(state)
    expect(decodeRatchet(bytes)).toEqual(state)
    for (let size = 0; size < bytes.length; size++) {
      expect(() => decodeRatchet(bytes.subarray(0, size))).toThrow(CodecError)
    }
  }
  expect(() => decodeRatchet(encodeRatchet(initiator).with(0, 9))).toThrow('layout')
})

test('what a message waits with comes back as it was stored', () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 200 })
  fc.assert(
    fc.property(fc.nat(3), bytes, bytes, bytes, bytes, (version, key, iv, header, previousHash) => {
      const sealing = { version, key, iv, header, previousHash }
      expect(decodeSealing(encodeSealing(sealing))).toEqual(sealing)
    }),
    { seed: 7, numRuns: 200 },
  )
  expect(() => decodeSealing(new Uint8Array([0, 3, 32, 1]))).toThrow(CodecError)
})
