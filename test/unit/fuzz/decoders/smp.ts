import { decode } from '../../../../core/codec/reader.ts'
import { boxKey, seal, sealPadded } from '../../../../core/crypto/box.ts'
import { generateKeyPair } from '../../../../core/crypto/keypair.ts'
import { parseRouterAddress, readLegacyRouterAddress, readRouterAddress } from '../../../../core/smp/address.ts'
import {
  decodeNotificationMeta,
  decodeReceivedBody,
  encodeReceivedBody,
  openReceivedBody,
} from '../../../../core/smp/body.ts'
import { decodeCommand } from '../../../../core/smp/commands.ts'
import { decodeClientMessage, decodeEnvelope, encodeEnvelope, openEnvelope } from '../../../../core/smp/envelope.ts'
import { readSmpError } from '../../../../core/smp/errors.ts'
import { parseHost } from '../../../../core/smp/host.ts'
import { decodeMessage } from '../../../../core/smp/messages.ts'
import {
  decodeForwarded,
  decodeForwardedAnswer,
  encodeForwarded,
  openForwarded,
  openProxied,
} from '../../../../core/smp/proxy.ts'
import { parseQueueInfo } from '../../../../core/smp/queue-info.ts'
import { decodeTransmission, splitBlock } from '../../../../core/smp/transmission.ts'
import { bytes, type Decoder, ofBytes, ofJson, ofText } from '../decoder.ts'

const secret = boxKey(new Uint8Array(32).fill(7))
const id = new Uint8Array(24).fill(8)

const key = generateKeyPair('X25519', (size) => new Uint8Array(size).fill(9)).publicKey
const BODY = { type: 'message', time: 1n, flags: { notification: true }, body: bytes('body') } as const
const ENVELOPE = encodeEnvelope({ header: { version: 4, key }, nonce: id, sealed: padded(bytes('_body')) })
const FORWARDED = encodeForwarded({ corrId: id, version: 18, key, transmission: bytes('transmission') })

function padded(plain: Uint8Array): Uint8Array {
  return sealPadded(secret, id, plain, 64)
}

export const smp: readonly Decoder[] = [
  ofText('router address', parseRouterAddress),
  ofText('host', parseHost, 'smp.example.org', '127.0.0.1', '[::1]', 'abcdefghijklmnop.onion'),
  ofBytes('router address, binary', (input) => decode(input, readRouterAddress)),
  ofBytes('router address, legacy', (input) => decode(input, readLegacyRouterAddress)),
  ...[6, 8, 16, 18].map((version) => ofBytes(`command v${version}`, (input) => decodeCommand(version, input))),
  ...[6, 8, 16, 18].map((version) => ofBytes(`broker message v${version}`, (input) => decodeMessage(version, input))),
  ...[6, 16, 18].map((version) => ofBytes(`transmission v${version}`, (input) => decodeTransmission(version, input))),
  ofBytes('batch', splitBlock, Uint8Array.of(2, 0, 1, 9, 0, 2, 8, 8)),
  ofBytes(
    'block of commands',
    (input) => splitBlock(input).map((part) => decodeCommand(18, decodeTransmission(18, part).content)),
    Uint8Array.of(1, 0, 7, 0, 0, 0, 0x50, 0x49, 0x4e, 0x47),
  ),
  ofBytes('SMP error', (input) => decode(input, (reader) => readSmpError(reader)), bytes('CMD SYNTAX'), bytes('AUTH')),
  ofBytes('received body', decodeReceivedBody),
  ofBytes('sealed received body', (input) => openReceivedBody(secret, id, input), padded(encodeReceivedBody(BODY))),
  ofBytes('notification', decodeNotificationMeta),
  ofBytes('client envelope', decodeEnvelope),
  ofBytes('sealed client envelope', (input) => openEnvelope(secret, decodeEnvelope(input)), ENVELOPE),
  ofBytes('client message', decodeClientMessage),
  ofBytes('forwarded', decodeForwarded),
  ofBytes('forwarded answer', decodeForwardedAnswer),
  ofBytes('sealed proxied', (input) => openProxied(secret, id, input), padded(bytes('_block'))),
  ofBytes('sealed forwarded', (input) => openForwarded(secret, id, input), seal(secret, id, FORWARDED)),
  ofJson('queue info', parseQueueInfo, {
    qiSnd: true,
    qiNtf: false,
    qiSub: { qSubThread: 'subThread', qDelivered: 'AAAA' },
    qiSize: 1,
    qiMsg: { msgId: 'AAAA', msgTs: '2026-01-01T00:00:00Z', msgType: 'message' },
  }),
]
