import { describe, expect, test } from 'vitest'
import { concat, fromHex, hex, utf8 } from '../../../core/codec/bytes.ts'
import { encodePublicKey, type PrivateKey } from '../../../core/codec/keys.ts'
import { encode } from '../../../core/codec/writer.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { boxKey, open, openPadded, sealPadded } from '../../../core/crypto/box.ts'
import { sha256, sha512 } from '../../../core/crypto/hash.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import { authorise, verifyAuthorisation } from '../../../core/smp/authorise.ts'
import {
  decodeReceivedBody,
  encodeNotificationMeta,
  encodeReceivedBody,
  openNotificationMeta,
  openReceivedBody,
  sealNotificationMeta,
  sealReceivedBody,
} from '../../../core/smp/body.ts'
import { type AuthAlgorithm, type Command, encodeCommand } from '../../../core/smp/commands.ts'
import { decodeEnvelope, MESSAGE_PADDING, openEnvelope, sealEnvelope } from '../../../core/smp/envelope.ts'
import { decodeMessage } from '../../../core/smp/messages.ts'
import { encodeForwarded, openForwarded, openProxied, sealForwarded, sealProxied } from '../../../core/smp/proxy.ts'
import { senderIdOf } from '../../../core/smp/sender-id.ts'
import {
  coveredBytes,
  decodeTransmission,
  encodeCommandFrame,
  encodeMessageFrame,
  receiveCommand,
  splitBlock,
} from '../../../core/smp/transmission.ts'
import { blockChains, openBlock, sealBlock } from '../../../core/transport/block.ts'
import { signKey, verifySignedKey } from '../../../core/transport/signed-key.ts'

/** The test vectors of smp §10, with its names. */

/** `first`, `first + 1`, … `last`. */
function run(first: number, last: number): Uint8Array {
  return Uint8Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

function privateKey<A extends AuthAlgorithm>(algorithm: A, first: number): PrivateKey<A> {
  return { algorithm, raw: run(first, first + 31) }
}

const A = privateKey('X25519', 0x00)
const B = privateKey('X25519', 0x20)
const R = privateKey('Ed25519', 0x40)
const L = privateKey('Ed25519', 0x60)
const spki = (key: PrivateKey): string => hex(encodePublicKey(publicKeyOf(key)))
const DH = agree(A, publicKeyOf(B))
const SECRET = boxKey(DH)
const NONCE = run(0x30, 0x47)
const sessionId = run(0xa0, 0xbf)
const corrId = run(0x01, 0x18)
const recipientId = run(0x80, 0x97)
const senderId = run(0x98, 0xaf)
const msgId = run(0xc0, 0xd7)
const TIME = 1641032645n
const session = (version: number) => ({ version, sessionId, peerKey: publicKeyOf(B) })
const SEND: Command = { type: 'SEND', flags: { notification: true }, body: utf8('hello') }
const SEND_HEX = '53454e4420542068656c6c6f'

test('keys', () => {
  expect(hex(publicKeyOf(A).raw)).toBe('8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f')
  expect(hex(publicKeyOf(B).raw)).toBe('358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254')
  expect(hex(DH)).toBe('9663aa1da97e848a914a436d04163dfbb89178f107f1b5b77ed3854203382854')
  expect(hex(agree(B, publicKeyOf(A)))).toBe(hex(DH))
  expect(hex(SECRET)).toBe('429b61f5d96e37268dfc5114849d599c9ceabffdb68c1f52cd0499af30f5b377')
  expect(spki(R)).toBe('302a300506032b65700321002543b92ff1095511476adc8369db6ddc933665a11978dda1404ee1066ca9559d')
  expect(spki(L)).toBe('302a300506032b6570032100174553b456dddfc6908ecab1c101fe6ab21e2baa0617795b7d43a63482993fd5')
})

test('V1 padded box', () => {
  const box = sealPadded(SECRET, NONCE, utf8('hello'), 16)
  expect(hex(box)).toBe('445f833b68dd82fce03ca6b4cf4f1673bafc16fd5b612f4b8d641908428dca82')
  expect(openPadded(SECRET, NONCE, box)).toEqual(utf8('hello'))
})

describe('block encryption', () => {
  test('V2 keys and nonces of both directions', () => {
    const { serverToClient, clientToServer } = blockChains(sessionId, DH)
    const steps = [clientToServer.next(), clientToServer.next(), serverToClient.next()]
    expect(steps.map(({ key, nonce }) => [hex(key), hex(nonce)])).toEqual([
      [
        'c1800c1e1c0b7ea6a2b40aeb6f7a3f31c62be066133012163fdc59fa92b85ec9',
        '077517ea5156a44b73668e7ab3967575377e2f2c6f9dd1b9',
      ],
      [
        '8f7ea5cf13e464c2024ab3cb43fe6f0bec676cc11ae6ae7c4cfa24bbf4c5e870',
        '6ad4e47685b2ce9fd71b3d2aac07e00585ac84fa46b5f91b',
      ],
      [
        'f714c7a6b0ae829b76b23b87bfd332deac62d4d4746b5f46c646254fe5cfa191',
        '426f899bd4cd29af1f23632803c9a1d26b57f3ebdaee521a',
      ],
    ])
  })

  test.each([7, 10, 11, 16, 18])('V3 PING in version %i, encrypted', (version) => {
    const frame = encodeCommandFrame(session(version), corrId, new Uint8Array(0), { type: 'PING' })
    expect(hex(frame)).toBe(`01001f0018${hex(corrId)}0050494e47`)
    const block = sealBlock(blockChains(sessionId, DH).clientToServer, frame)
    expect(block).toHaveLength(16384)
    expect(hex(block.subarray(0, 32))).toBe('00ca3e5f10f7c0f81fef4891191960eeff81d51cc82673c1512c7ee5fc1ca23a')
    expect(hex(sha256(block))).toBe('ab223c201c96173b6caae1c72e2db222e3b6bcf7080e6e5b1ad797bcc9b59896')
    expect(hex(openBlock(blockChains(sessionId, DH).clientToServer, block))).toBe(hex(frame))
  })
})

describe('authorised transmissions', () => {
  const signature =
    '92a37ec08b966fdc4fdf8944e11c5eab1921cd0e8bd6369ca21d6d3db622500f2f786b7a7942f1254be0526d4e06c509d25b20cc196f282eecb8449e2975b202'

  test.each([
    [16, '30', '0077'],
    [18, '30', '0077'],
    [7, '', '0076'],
    [15, '', '0076'],
  ])('V4 SUB signed, version %i', (version, service, length) => {
    const frame = encodeCommandFrame(session(version), corrId, recipientId, { type: 'SUB' }, R)
    const transmitted = `18${hex(corrId)}18${hex(recipientId)}535542`
    expect(hex(frame)).toBe(`01${length}40${signature}${service}${transmitted}`)
    const received = decodeTransmission(version, splitBlock(frame)[0]!)
    const covered = coveredBytes(session(version), received)
    expect(covered).toHaveLength(86)
    expect(hex(covered)).toBe(`20${hex(sessionId)}${transmitted}`)
    expect(verifyAuthorisation(publicKeyOf(R), received.authenticator, covered, corrId, B)).toBe(true)
  })

  test('V5 SEND with an authenticator', () => {
    const covered = fromHex(`20${hex(sessionId)}18${hex(corrId)}18${hex(senderId)}${SEND_HEX}`)
    expect(hex(sha512(covered))).toBe(
      '2c6d2ca54f95b30c1f830d432def19b832d6c3e7cf09dbde187b46b5e72ce1fe7c861f2e2df865f7acbdedce29916a20b57bb3a629c36c3316dbf0838252f1d9',
    )
    const authenticator =
      '8c585fc65078d4356b1e550ee58ef21e7459ad76bab3dde983000831e51acd0ad000d753bf09b35176762dd4ec16fe4b279f38d1f24041d360d25efc17640ff382cc06e05b62962a101d0fdef6b80547'
    expect(hex(authorise(A, covered, corrId, publicKeyOf(B)))).toBe(authenticator)
    const frame = encodeCommandFrame(session(17), corrId, senderId, SEND, A)
    expect(hex(frame)).toBe(`01009050${authenticator}3018${hex(corrId)}18${hex(senderId)}${SEND_HEX}`)
    const received = receiveCommand(session(17), splitBlock(frame)[0]!)
    if (received.error !== undefined) throw new Error('refused')
    expect(received.command).toEqual(SEND)
    const { transmission } = received
    expect(
      verifyAuthorisation(
        publicKeyOf(A),
        transmission.authenticator,
        coveredBytes(session(17), transmission),
        corrId,
        B,
      ),
    ).toBe(true)
  })

  test('V6 NEW', () => {
    const command: Command = {
      type: 'NEW',
      key: publicKeyOf(R),
      dhKey: publicKeyOf(A),
      subscribe: true,
      queue: { mode: 'messaging' },
    }
    const encoded = `4e4557202c${spki(R)}2c${spki(A)}3053314d3030`
    expect(hex(encodeCommand(17, command))).toBe(encoded)
    expect(hex(encodeCommandFrame(session(18), corrId, new Uint8Array(0), command, R))).toBe(
      `0100c04090ba6ba6da7ec2502ac1fc89d0c92b39b4981ad5d983b3cef8c1e6978adb7b91106897c6315c5d18cf2a35b53d8409e0a3dfef3c31954ce62309e35a5c8732063018${hex(corrId)}00${encoded}`,
    )
  })
})

test('V7 IDS and SOK', () => {
  const ids = encodeMessageFrame(session(17), corrId, new Uint8Array(0), {
    type: 'IDS',
    recipientId,
    senderId,
    dhKey: publicKeyOf(B),
    mode: 'messaging',
  })
  const content = `4944532018${hex(recipientId)}18${hex(senderId)}2c${spki(B)}314d303030`
  expect(hex(ids)).toBe(`0100830018${hex(corrId)}00${content}`)
  expect(decodeMessage(17, fromHex(content))).toMatchObject({ type: 'IDS', recipientId, senderId, mode: 'messaging' })
  const sok = encodeMessageFrame(session(16), corrId, recipientId, { type: 'SOK' })
  expect(hex(sok.subarray(3))).toBe(`0018${hex(corrId)}18${hex(recipientId)}534f4b2030`)
})

test('V8 sender id from the correlation id', () => {
  expect(hex(senderIdOf(corrId))).toBe('3c63116120d91d131de483daf38f681ea36fddcfe9e98e41')
})

test('V9 signed key', () => {
  const object = signKey(publicKeyOf(B), L)
  expect(hex(object)).toBe(
    `3078302c${spki(B)}300506032b65700341001ee5920a521667bf1a4d0730fd121d1016ac81d77c20f30d278c70289b3fd4cbddd005325a075b4e2a7a75a1af4154b8ba1eb5bb80d5b4800cf61c7bcef32101`,
  )
  expect(hex(encode((w) => w.large(object)))).toBe(`007a${hex(object)}`)
  expect(verifySignedKey(object, publicKeyOf(L), 'X25519')).toEqual(publicKeyOf(B))
})

describe('delivered messages', () => {
  test('V10 MSG', () => {
    const body = { type: 'message', time: TIME, flags: { notification: true }, body: utf8('hello') } as const
    expect(hex(encodeReceivedBody(body))).toBe('0000000061d02bc5542068656c6c6f')
    expect(hex(encodeReceivedBody({ type: 'quota', time: TIME }))).toBe('51554f5441200000000061d02bc5')
    expect(decodeReceivedBody(fromHex('51554f5441200000000061d02bc5'))).toEqual({ type: 'quota', time: TIME })
    const sealed = sealReceivedBody(SECRET, msgId, body)
    expect(sealed).toHaveLength(16122)
    expect(hex(sealed.subarray(0, 32))).toBe('cbc7f774697f07677d1a7302f9f4d58368ae121df6d78d5096b6fba41f42c625')
    expect(hex(sha256(sealed))).toBe('6982b21703bcae542620a7cc4d3fc81778b895ebf4682dee6b2a5f493862e64d')
    expect(openReceivedBody(SECRET, msgId, sealed)).toEqual(body)
    const message = { type: 'MSG', msgId, body: sealed } as const
    const frame = encodeMessageFrame(session(18), new Uint8Array(0), recipientId, message)
    expect(hex(frame.subarray(3, 59))).toBe(`000018${hex(recipientId)}4d53472018${hex(msgId)}`)
    expect(frame).toHaveLength(1 + 2 + 16178)
  })

  test('V11 notification metadata', () => {
    const meta = { msgId, time: TIME }
    expect(hex(encodeNotificationMeta(meta))).toBe(`18${hex(msgId)}0000000061d02bc5`)
    const sealed = sealNotificationMeta(SECRET, NONCE, meta)
    expect(hex(sealed)).toBe(
      'b4dd3f5a79c57cf483b9ae560c5e73b0bad86658f6cf83ac6b81fde3a864226dfe2fd58cac9462b45d0a4176f51258130b7646d18ff0d1c55de201b48b34a21e' +
        '91cc60f3afdfffa28f6c80f8e7bbefb7726bafd16ad18ffc5f269ffff15db455c3ea3460ea13de19045fdfa1a1ce3adfde8900ae87c79d86a6f1856de7f006fd' +
        '4dfcc3a40518a1c469ffd48b942c53a2',
    )
    expect(openNotificationMeta(SECRET, NONCE, sealed)).toEqual(meta)
  })
})

test('V12 envelope from sender to recipient', () => {
  const envelope = sealEnvelope(SECRET, { version: 4 }, NONCE, { body: utf8('hi') }, MESSAGE_PADDING)
  expect(envelope).toHaveLength(16043)
  expect(hex(envelope.subarray(0, 43))).toBe(`000430${hex(NONCE)}baf55b1518a53fc3924f1deb26808ae2`)
  expect(hex(sha256(envelope))).toBe('5985b212bcd151c2012bfddecfecf5d3a1a044ef01cc0c4af41c309807814a19')
  const opened = decodeEnvelope(envelope)
  expect(opened.header).toEqual({ version: 4, key: undefined })
  expect(openEnvelope(SECRET, opened)).toEqual({ senderKey: undefined, body: utf8('hi') })
})

test('V13 both layers of proxying', () => {
  const commandKey = privateKey('X25519', 0xc8)
  expect(hex(publicKeyOf(commandKey).raw)).toBe('4d5bab89b0733d9d8dcecf04f321c90b761b7765a6bdb2bddbfad3e7abdf1f66')
  const payload = encodeCommandFrame(session(17), run(0x60, 0x77), senderId, SEND)
  expect(hex(payload)).toBe(`01003f0018${hex(run(0x60, 0x77))}18${hex(senderId)}${SEND_HEX}`)

  const inner = boxKey(agree(commandKey, publicKeyOf(B)))
  const transmission = sealProxied(inner, corrId, payload)
  expect(transmission).toHaveLength(16242)
  expect(hex(transmission.subarray(0, 16))).toBe('b5164dc57c1306cf85afad556015bf02')
  expect(hex(sha256(transmission))).toBe('cadf1b09e9edefa9ed3c27f3c9709aa147caa3005118f94754aa74ebf0b955f2')

  const forwarded = { corrId, version: 17, key: publicKeyOf(commandKey), transmission }
  const encoded = encodeForwarded(forwarded)
  expect(encoded).toHaveLength(16314)
  expect(hex(encoded.subarray(0, 72))).toBe(`18${hex(corrId)}00112c${spki(commandKey)}`)

  const rfwdCorrId = run(0x40, 0x57)
  const outer = sealForwarded(SECRET, rfwdCorrId, forwarded)
  expect(outer).toHaveLength(16330)
  expect(hex(outer.subarray(0, 16))).toBe('6326ecf221355c64a09c42f109f77593')
  expect(hex(sha256(outer))).toBe('902491abc51d9d77f9c2d7a34509f44b35f5c7befd3c570e3259add22ade5eec')

  const relayed = openForwarded(SECRET, rfwdCorrId, outer)
  expect(hex(openProxied(inner, relayed.corrId, relayed.transmission))).toBe(hex(payload))
  expect(() => open(SECRET, rfwdCorrId, concat(outer, Uint8Array.of(0)))).toThrow('box')
})
