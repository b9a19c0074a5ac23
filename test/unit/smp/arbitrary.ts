import fc from 'fast-check'
import { type KeyAlgorithm, keySize, type PublicKey } from '../../../core/codec/keys.ts'
import type { RouterAddress } from '../../../core/smp/address.ts'
import type { AuthKey, Command, LinkData, QueueRequest } from '../../../core/smp/commands.ts'
import type { BrokerError, ProxyError, SmpError } from '../../../core/smp/errors.ts'
import type { BrokerMessage } from '../../../core/smp/messages.ts'
import { TRANSPORT_ERRORS } from '../../../core/transport/transport-error.ts'

/** Values of the protocol at random, as versions 17 and later can say them. */

const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max })
const id = bytes(32)
const maybe = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(item, { nil: undefined })

export function publicKey<A extends KeyAlgorithm>(algorithm: A): fc.Arbitrary<PublicKey<A>> {
  const size = keySize(algorithm)
  return fc.uint8Array({ minLength: size, maxLength: size }).map((raw) => ({ algorithm, raw }))
}

const dhKey = publicKey('X25519')
export const authKey: fc.Arbitrary<AuthKey> = fc.oneof(publicKey('Ed25519'), publicKey('Ed448'), publicKey('X25519'))
const linkData: fc.Arbitrary<LinkData> = fc.record({ fixed: bytes(400), user: bytes(400) })
const password = fc.stringMatching(/^[a-zA-Z0-9!?._-]{1,20}$/)

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.constantFrom('::1', '2001:db8::1'),
  fc.stringMatching(/^[a-z2-7]{56}\.onion$/),
)
export const routerAddress: fc.Arbitrary<RouterAddress> = fc.record({
  hosts: fc
    .tuple(host, fc.array(host, { maxLength: 2 }))
    .map(([first, rest]): [string, ...string[]] => [first, ...rest]),
  port: fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 65535 }).map(String)),
  keyHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
})

const queueRequest: fc.Arbitrary<QueueRequest> = fc.oneof(
  fc.record({ mode: fc.constant('messaging' as const), link: maybe(fc.record({ senderId: id, data: linkData })) }),
  fc.record({
    mode: fc.constant('contact' as const),
    link: maybe(fc.record({ linkId: id, senderId: id, data: linkData })),
  }),
)

export const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    type: fc.constant('NEW' as const),
    key: authKey,
    dhKey,
    basicAuth: maybe(password),
    subscribe: fc.boolean(),
    queue: maybe(queueRequest),
    notifier: maybe(fc.record({ key: authKey, dhKey })),
  }),
  fc
    .constantFrom('SUB', 'SUBS', 'LDEL', 'NDEL', 'GET', 'OFF', 'DEL', 'QUE', 'PING', 'LGET', 'NSUB', 'NSUBS')
    .map((type): Command => ({ type })),
  fc.record({ type: fc.constantFrom('KEY' as const, 'SKEY' as const, 'LKEY' as const), key: authKey }),
  fc
    .tuple(authKey, fc.array(authKey, { maxLength: 3 }))
    .map(([first, rest]): Command => ({ type: 'RKEY', keys: [first, ...rest] })),
  fc.record({ type: fc.constant('LSET' as const), linkId: id, data: linkData }),
  fc.record({ type: fc.constant('NKEY' as const), key: authKey, dhKey }),
  fc.record({ type: fc.constant('ACK' as const), msgId: id }),
  fc.record({
    type: fc.constant('SEND' as const),
    flags: fc.record({ notification: fc.boolean() }),
    body: bytes(16048),
  }),
  fc.record({ type: fc.constant('PRXY' as const), router: routerAddress, basicAuth: maybe(password) }),
  fc.record({
    type: fc.constant('PFWD' as const),
    version: fc.integer({ min: 0, max: 65535 }),
    key: dhKey,
    transmission: bytes(300),
  }),
  fc.record({ type: fc.constant('RFWD' as const), transmission: bytes(300) }),
)

const text = fc.string({ maxLength: 40, unit: 'grapheme-ascii' })
const transportError = fc.constantFrom(...TRANSPORT_ERRORS)
const brokerError: fc.Arbitrary<BrokerError> = fc.oneof(
  fc.record({ type: fc.constantFrom('RESPONSE' as const, 'UNEXPECTED' as const), text }),
  fc.record({ type: fc.constantFrom('TIMEOUT' as const, 'HOST' as const, 'NO_SERVICE' as const) }),
  fc.constant<BrokerError>({ type: 'NETWORK', error: { type: 'FAILED' } }),
  fc.record({ type: fc.constant('TRANSPORT' as const), error: transportError }),
)
const plainError: fc.Arbitrary<SmpError> = fc.oneof(
  fc
    .constantFrom(
      'BLOCK',
      'SESSION',
      'AUTH',
      'SERVICE',
      'CRYPTO',
      'QUOTA',
      'NO_MSG',
      'LARGE_MSG',
      'EXPIRED',
      'INTERNAL',
    )
    .map((type) => ({ type }) as SmpError),
  fc.record({
    type: fc.constant('CMD' as const),
    error: fc.constantFrom('UNKNOWN', 'SYNTAX', 'PROHIBITED', 'NO_AUTH', 'HAS_AUTH', 'NO_ENTITY'),
  }),
  fc.record({
    type: fc.constant('BLOCKED' as const),
    info: fc.record({
      reason: fc.constantFrom('spam' as const, 'content' as const),
      notice: maybe(fc.record({ ttl: fc.nat() }, { requiredKeys: [] })),
    }),
  }),
  fc.record({ type: fc.constant('STORE' as const), text }),
)
const proxyError: fc.Arbitrary<ProxyError> = fc.oneof(
  fc.record({ type: fc.constant('PROTOCOL' as const), error: plainError }),
  fc.record({ type: fc.constant('BROKER' as const), error: brokerError }),
  fc.record({ type: fc.constantFrom('BASIC_AUTH' as const, 'NO_SESSION' as const) }),
)
export const smpError: fc.Arbitrary<SmpError> = fc.oneof(
  plainError,
  fc.record({ type: fc.constant('PROXY' as const), error: proxyError }),
)

const base64Bytes = bytes(24)
export const message: fc.Arbitrary<BrokerMessage> = fc.oneof(
  fc.record({
    type: fc.constant('IDS' as const),
    recipientId: id,
    senderId: id,
    dhKey,
    mode: maybe(fc.constantFrom('messaging' as const, 'contact' as const)),
    linkId: maybe(id),
    serviceId: maybe(id),
    notifier: maybe(fc.record({ notifierId: id, dhKey })),
  }),
  fc.record({ type: fc.constant('LNK' as const), senderId: id, data: linkData }),
  fc.record({ type: fc.constant('SOK' as const), serviceId: maybe(id) }),
  fc.record({
    type: fc.constantFrom('SOKS' as const, 'ENDS' as const),
    queues: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  }),
  fc.record({ type: fc.constant('MSG' as const), msgId: id, body: bytes(16122) }),
  fc.record({ type: fc.constant('NID' as const), notifierId: id, dhKey }),
  fc.record({
    type: fc.constant('NMSG' as const),
    nonce: fc.uint8Array({ minLength: 24, maxLength: 24 }),
    meta: bytes(144),
  }),
  fc.tuple(id, bytes(600), fc.array(bytes(600), { maxLength: 2 }), bytes(173)).map(
    ([sessionId, leaf, rest, signedKey]): BrokerMessage => ({
      type: 'PKEY',
      sessionId,
      versions: { min: 8, max: 17 },
      certificates: [leaf, ...rest],
      signedKey,
    }),
  ),
  fc.record({ type: fc.constantFrom('RRES' as const, 'PRES' as const), response: bytes(300) }),
  fc.record({
    type: fc.constant('INFO' as const),
    info: fc.record({
      secured: fc.boolean(),
      notifier: fc.boolean(),
      subscription: maybe(
        fc.record({
          thread: fc.constantFrom(
            'noSub' as const,
            'subPending' as const,
            'subThread' as const,
            'prohibitSub' as const,
          ),
          delivered: maybe(base64Bytes),
        }),
      ),
      size: fc.nat(),
      message: maybe(
        fc.record({
          msgId: base64Bytes,
          time: fc.constant('2026-01-02T03:04:05Z'),
          type: fc.constantFrom('message' as const, 'quota' as const),
        }),
      ),
    }),
  }),
  fc.record({ type: fc.constant('ERR' as const), error: smpError }),
  fc.constantFrom('END', 'DELD', 'OK', 'PONG').map((type): BrokerMessage => ({ type })),
)
