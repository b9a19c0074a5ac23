import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat, fromLatin1 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { decode } from '../../../core/codec/reader.ts'
import { encode } from '../../../core/codec/writer.ts'
import {
  formatRouterAddress,
  parseRouterAddress,
  readLegacyRouterAddress,
  readRouterAddress,
  writeLegacyRouterAddress,
  writeRouterAddress,
} from '../../../core/smp/address.ts'
import { verifyAuthorisation } from '../../../core/smp/authorise.ts'
import {
  decodeNotificationMeta,
  decodeReceivedBody,
  encodeReceivedBody,
  openReceivedBody,
} from '../../../core/smp/body.ts'
import { createSmpClient } from '../../../core/smp/client/client.ts'
import { decodeCommand, encodeCommand } from '../../../core/smp/commands.ts'
import {
  decodeClientMessage,
  decodeEnvelope,
  encodeClientMessage,
  encodeEnvelope,
  openEnvelope,
} from '../../../core/smp/envelope.ts'
import { readSmpError, writeSmpError } from '../../../core/smp/errors.ts'
import { parseHost } from '../../../core/smp/host.ts'
import { decodeMessage, encodeMessage } from '../../../core/smp/messages.ts'
import { decodeForwarded, decodeForwardedAnswer, encodeForwarded, openForwarded } from '../../../core/smp/proxy.ts'
import { formatQueueInfo, parseQueueInfo } from '../../../core/smp/queue-info.ts'
import {
  encodeCommandFrame,
  encodeMessageFrame,
  packBlocks,
  receiveCommand,
  receiveMessage,
  splitBlock,
} from '../../../core/smp/transmission.ts'
import { readTransportError } from '../../../core/transport/transport-error.ts'
import { createWorld } from '../../simulation/world.ts'
import { authKey, command, message, routerAddress, smpError } from './arbitrary.ts'
import { createFakeRouter } from './fake-router.ts'

/**
 * Valid encodings, damaged, and plain noise, through every decoder of the layer: a value or a HearthError comes out.
 * Each of the runs below puts its input through all decoders of one list.
 */

const RUNS = 2_000
const VERSIONS = [6, 7, 9, 11, 15, 16, 17, 18]
const id = new Uint8Array(24).fill(5)
const secret = new Uint8Array(32).fill(6)
const session = (version: number) => ({ version, sessionId: secret })
const x25519 = { algorithm: 'X25519', raw: secret } as const

/** Something that decodes, before the damage. */
const encoded: fc.Arbitrary<Uint8Array> = fc.oneof(
  command.map((value) => encodeCommand(18, value)),
  message.map((value) => encodeMessage(18, value)),
  fc.array(command, { minLength: 1, maxLength: 4 }).map((values) => {
    return packBlocks(values.map((value) => encodeCommandFrame(session(16), id, id, value)))[0]!
  }),
  message.map((value) => encodeMessageFrame(session(6), id, id, value)),
  smpError.map((value) => encode((w) => writeSmpError(w, 18, value))),
  routerAddress.map((value) => encode((w) => writeRouterAddress(w, value))),
  routerAddress.map((value) => encode((w) => writeLegacyRouterAddress(w, value))),
  routerAddress.map((value) => new TextEncoder().encode(formatRouterAddress(value))),
  fc
    .uint8Array({ maxLength: 200 })
    .map((sealed) => encodeEnvelope({ header: { version: 4, key: x25519 }, nonce: id, sealed })),
  fc
    .uint8Array({ maxLength: 200 })
    .map((transmission) => encodeForwarded({ corrId: id, version: 17, key: x25519, transmission })),
  fc
    .uint8Array({ maxLength: 200 })
    .map((body) => encodeReceivedBody({ type: 'message', time: 1n, flags: { notification: true }, body })),
  authKey.map((senderKey) => encodeClientMessage({ senderKey, body: id })),
  fc.constant(
    formatQueueInfo({ secured: true, notifier: false, size: 3, subscription: { thread: 'noSub', delivered: id } }),
  ),
)

interface Damage {
  readonly kind: 'cut' | 'flip' | 'set' | 'insert' | 'repeat' | 'none'
  readonly at: number
  readonly value: number
}

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('cut', 'flip', 'set', 'insert', 'repeat', 'none'),
  at: fc.nat(),
  value: fc.integer({ min: 0, max: 255 }),
})

function damaged(bytes: Uint8Array, { kind, at, value }: Damage): Uint8Array {
  const place = at % (bytes.length + 1)
  const copy = bytes.slice()
  switch (kind) {
    case 'cut':
      return copy.subarray(0, place)
    case 'flip':
      if (place < copy.length) copy[place]! ^= 1 << (value % 8)
      return copy
    case 'set':
      if (place < copy.length) copy[place] = value
      return copy
    case 'insert':
      return concat(copy.subarray(0, place), Uint8Array.of(value), copy.subarray(place))
    case 'repeat':
      return concat(copy, copy.subarray(place))
    default:
      return copy
  }
}

/** Most damage is to the first bytes, where tags and lengths are. */
const input: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    { arbitrary: fc.tuple(encoded, fc.array(damage, { maxLength: 3 })), weight: 6 },
    { arbitrary: fc.tuple(encoded, fc.tuple(damage.map((d) => ({ ...d, at: d.at % 48 })))), weight: 6 },
    { arbitrary: fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.constant([])), weight: 1 },
  )
  .map(([bytes, damages]) => damages.reduce(damaged, bytes))

/** A value or a HearthError; true where it was a value. */
function total(decoder: (bytes: Uint8Array) => unknown, bytes: Uint8Array): boolean {
  try {
    decoder(bytes)
    return true
  } catch (error) {
    if (!(error instanceof HearthError)) throw error
    return false
  }
}

const decoders: Record<string, (bytes: Uint8Array) => unknown> = {
  splitBlock,
  error: (bytes) => decode(bytes, readSmpError),
  transportError: (bytes) => decode(bytes, readTransportError),
  address: (bytes) => decode(bytes, readRouterAddress),
  legacyAddress: (bytes) => decode(bytes, readLegacyRouterAddress),
  addressText: (bytes) => parseRouterAddress(fromLatin1(bytes)),
  host: (bytes) => parseHost(fromLatin1(bytes)),
  queueInfo: parseQueueInfo,
  receivedBody: decodeReceivedBody,
  sealedBody: (bytes) => openReceivedBody(secret, id, bytes),
  notificationMeta: decodeNotificationMeta,
  envelope: (bytes) => openEnvelope(secret, decodeEnvelope(bytes)),
  clientMessage: decodeClientMessage,
  forwarded: decodeForwarded,
  sealedForwarded: (bytes) => openForwarded(secret, id, bytes),
  forwardedAnswer: decodeForwardedAnswer,
}

test(`${RUNS} inputs through each of ${Object.keys(decoders).length} decoders`, () => {
  const values = new Set<string>()
  fc.assert(
    fc.property(input, (bytes) => {
      for (const [name, decoder] of Object.entries(decoders)) if (total(decoder, bytes)) values.add(name)
    }),
    { seed: 20, numRuns: RUNS },
  )
  // The inputs reach what lies behind the first check: all but the sealed ones decode now and then.
  expect(Object.keys(decoders).filter((name) => !values.has(name))).toEqual([
    'sealedBody',
    'envelope',
    'sealedForwarded',
  ])
})

test(`${RUNS} inputs through commands and messages of ${VERSIONS.length} versions`, () => {
  fc.assert(
    fc.property(input, (bytes) => {
      for (const version of VERSIONS) {
        const decoded = decodeCommand(version, bytes)
        if (typeof decoded !== 'string')
          expect(decodeCommand(version, encodeCommand(version, decoded))).toEqual(decoded)
        total((b) => encodeMessage(version, decodeMessage(version, b)), bytes)
      }
    }),
    { seed: 21, numRuns: RUNS },
  )
})

test(`${RUNS} transmissions in both directions of ${VERSIONS.length} versions`, () => {
  fc.assert(
    fc.property(input, (bytes) => {
      for (const version of VERSIONS) {
        const received = receiveCommand(session(version), bytes)
        expect(received.error === undefined || typeof received.error.type === 'string').toBe(true)
        total((b) => receiveMessage(session(version), b), bytes)
      }
    }),
    { seed: 22, numRuns: RUNS },
  )
})

test('authenticators of any length and content', () => {
  const ed25519 = { algorithm: 'Ed25519', raw: secret } as const
  const ed448 = { algorithm: 'Ed448', raw: new Uint8Array(57).fill(6) } as const
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 130 }), (authenticator) => {
      for (const key of [ed25519, ed448, x25519]) {
        expect(verifyAuthorisation(key, authenticator, id, id, x25519)).toBe(false)
      }
    }),
    { seed: 23, numRuns: 300 },
  )
})

test('a client goes on after any blocks that a router may send', async () => {
  const world = createWorld('fuzz')
  const env = world.host('client')
  const router = createFakeRouter(env, 'router')
  const ignore = () => {}
  const events = { message: ignore, end: ignore, deleted: ignore, up: ignore, down: ignore, refused: ignore }
  const client = createSmpClient(env, events, { connect: router.connect })
  const ask = () => client.request(router.address, { entityId: id, command: { type: 'LGET' } })
  await world.wait(ask())
  const [connection] = router.sessions
  for (const block of fc.sample(input, { seed: 24, numRuns: RUNS })) {
    connection!.pushBlock(block)
    connection!.pushBlock(concat(Uint8Array.of(1, block.length >> 8, block.length & 0xff), block))
  }
  await world.runFor(100)
  expect(await world.wait(ask())).toEqual({ type: 'OK' })
  expect(router.sessions).toHaveLength(1)
  world.dispose()
})
