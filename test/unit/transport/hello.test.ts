import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, fromHex, hex, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError, HearthError } from '../../../core/codec/error.ts'
import { boxKey, openPadded } from '../../../core/crypto/box.ts'
import {
  BLOCK_SIZE,
  blockChains,
  blockSplitter,
  MAX_ENCRYPTED_PAYLOAD,
  openBlock,
  openPlainBlock,
  plainBlock,
  sealBlock,
} from '../../../core/transport/block.ts'
import {
  decodeClientHello,
  decodeServerHello,
  decodeServiceResponse,
  encodeClientHello,
  encodeServerHello,
} from '../../../core/transport/hello.ts'

const keyHash = fromHex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f')
const key = {
  algorithm: 'X25519',
  raw: fromHex('8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f'),
} as const
const SPKI = '302a300506032b656e0321008f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f'
const HASH = `20${hex(keyHash)}`
const bytes = (decoder: (input: Uint8Array) => unknown, input: Uint8Array) => () => decoder(input)

describe('client hello', () => {
  test.each([
    [18, `0012${HASH}2c${SPKI}4630`],
    [16, `0010${HASH}2c${SPKI}4630`],
    [15, `000f${HASH}2c${SPKI}46`],
    [14, `000e${HASH}2c${SPKI}46`],
    [13, `000d${HASH}2c${SPKI}`],
    [12, `000c${HASH}2c${SPKI}`],
    [7, `0007${HASH}2c${SPKI}`],
    [6, `0006${HASH}`],
  ])('version %i as in smp §3.7; what follows the last field is ignored', (version, expected) => {
    const hello = { version, keyHash, key: version < 7 ? undefined : key, proxyServer: false, service: undefined }
    expect(hex(encodeClientHello(hello))).toBe(expected)
    expect(decodeClientHello(fromHex(expected))).toEqual(hello)
    expect(decodeClientHello(concat(fromHex(expected), utf8('more')))).toEqual(hello)
  })

  test('an absent key is no bytes at all', () => {
    const hello = { version: 18, keyHash, key: undefined, proxyServer: true, service: undefined }
    expect(hex(encodeClientHello(hello))).toBe(`0012${HASH}5430`)
    expect(decodeClientHello(encodeClientHello(hello))).toEqual(hello)
  })

  test('service of each role', () => {
    for (const role of ['M', 'N', 'P'] as const) {
      const service = { role, chain: [utf8('leaf'), utf8('identity')], signedKey: utf8('key') }
      const hello = { version: 16, keyHash, key, proxyServer: false, service }
      expect(decodeClientHello(encodeClientHello(hello))).toEqual(hello)
    }
    const wrong = fromHex(`0010${HASH}2c${SPKI}4631580104`)
    expect(bytes(decodeClientHello, wrong)).toThrow(CodecError)
  })
})

describe('server hello', () => {
  test('keys belong to ranges that reach version 7; later fields are ignored', () => {
    const auth = { chain: [utf8('leaf'), utf8('identity')], signedKey: utf8('signed') }
    const hello = { versions: { min: 6, max: 18 }, sessionId: keyHash, auth }
    const encoded = encodeServerHello(hello)
    expect(hex(encoded)).toBe(`00060012${HASH}0200046c65616600086964656e7469747900067369676e6564`)
    expect(decodeServerHello(concat(encoded, utf8('more')))).toEqual(hello)
    const legacy = { ...hello, versions: { min: 6, max: 6 } }
    expect(decodeServerHello(encodeServerHello(legacy))).toEqual({ ...legacy, auth: undefined })
  })

  test('an empty range is refused', () => {
    expect(bytes(decodeServerHello, fromHex(`00120006${HASH}`))).toThrow(CodecError)
  })
})

test('any bytes are a hello or a CodecError', () => {
  const seeds = [
    encodeClientHello({ version: 18, keyHash, key, proxyServer: false, service: undefined }),
    encodeServerHello({
      versions: { min: 6, max: 18 },
      sessionId: keyHash,
      auth: { chain: [utf8('leaf'), utf8('identity')], signedKey: utf8('signed') },
    }),
  ]
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.nat(90),
      fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 4 }),
      fc.uint8Array({ maxLength: 120 }),
      fc.boolean(),
      (which, cut, changes, noise, noisy) => {
        const input = noisy ? noise : seeds[which]!.slice(0, seeds[which]!.length - (cut % 60))
        for (const [at, value] of changes) if (at < input.length) input[at] = value
        for (const decoder of [decodeClientHello, decodeServerHello, decodeServiceResponse]) {
          try {
            decoder(input)
          } catch (error) {
            if (!(error instanceof CodecError)) return false
          }
        }
        return true
      },
    ),
    { seed: 21, numRuns: 10_000 },
  )
})

describe('blocks', () => {
  const sessionId = new Uint8Array(32).map((_, i) => 0xa0 + i)
  const secret = fromHex('9663aa1da97e848a914a436d04163dfbb89178f107f1b5b77ed3854203382854')

  test('V2 and V3 of smp §10: chains, and PING as the first block of the client', () => {
    const { clientToServer, serverToClient } = blockChains(sessionId, secret)
    expect(hex(serverToClient.next().key)).toBe('f714c7a6b0ae829b76b23b87bfd332deac62d4d4746b5f46c646254fe5cfa191')
    const ping = fromHex('01001f00180102030405060708090a0b0c0d0e0f1011121314151617180050494e47')
    const block = sealBlock(clientToServer, ping)
    expect(block).toHaveLength(BLOCK_SIZE)
    expect(hex(block.subarray(0, 32))).toBe('00ca3e5f10f7c0f81fef4891191960eeff81d51cc82673c1512c7ee5fc1ca23a')
    const second = clientToServer.next()
    expect(hex(second.key)).toBe('8f7ea5cf13e464c2024ab3cb43fe6f0bec676cc11ae6ae7c4cfa24bbf4c5e870')
    expect(hex(second.nonce)).toBe('6ad4e47685b2ce9fd71b3d2aac07e00585ac84fa46b5f91b')
    expect(hex(openBlock(blockChains(sessionId, secret).clientToServer, block))).toBe(hex(ping))
  })

  test('a block that does not open still uses up a step', () => {
    const [ours, theirs] = [blockChains(sessionId, secret), blockChains(sessionId, secret)]
    const first = sealBlock(ours.clientToServer, utf8('lost'))
    first[100]! ^= 1
    expect(() => openBlock(theirs.clientToServer, first)).toThrow(HearthError)
    expect(hex(openBlock(theirs.clientToServer, sealBlock(ours.clientToServer, utf8('next'))))).toBe(hex(utf8('next')))
  })

  test('a payload that is too large is refused and uses up nothing', () => {
    const [ours, theirs] = [blockChains(sessionId, secret), blockChains(sessionId, secret)]
    const large = new Uint8Array(MAX_ENCRYPTED_PAYLOAD + 1)
    expect(() => sealBlock(ours.clientToServer, large)).toThrow(HearthError)
    expect(() => plainBlock(new Uint8Array(BLOCK_SIZE - 1))).toThrow(HearthError)
    const block = sealBlock(ours.clientToServer, large.subarray(1))
    const { key: chainKey, nonce } = theirs.clientToServer.next()
    expect(openPadded(boxKey(chainKey), nonce, block)).toHaveLength(MAX_ENCRYPTED_PAYLOAD)
  })

  test('plain blocks: length beyond the block is refused', () => {
    expect(openPlainBlock(plainBlock(utf8('hello')))).toEqual(utf8('hello'))
    const wrong = plainBlock(utf8('hello'))
    wrong[0] = 0xff
    expect(bytes(openPlainBlock, wrong)).toThrow(CodecError)
  })

  test('a stream is cut into blocks wherever its chunks end', () => {
    const stream = new Uint8Array(BLOCK_SIZE * 4).map((_, i) => i % 251)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 12 }), (sizes) => {
        const blocks: Uint8Array[] = []
        const push = blockSplitter((block) => blocks.push(block))
        let at = 0
        for (const size of [...sizes, stream.length]) {
          push(stream.subarray(at, at + size))
          at = Math.min(at + size, stream.length)
        }
        return blocks.length === 4 && Buffer.compare(concat(...blocks), stream) === 0
      }),
      { seed: 22, numRuns: 200 },
    )
  })
})
