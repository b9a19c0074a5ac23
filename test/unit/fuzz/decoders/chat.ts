import { authorBatches, encodeArrayBatch, encodeBinaryBatch } from '../../../../core/chat/batch.ts'
import { compressBody, compressFrame, decompressFrame } from '../../../../core/chat/compression.ts'
import { parseBody, parseConnInfo, parseElement } from '../../../../core/chat/container.ts'
import { encodeChunk, encodeForwarded, readChunk, readForwarded, readSigned } from '../../../../core/chat/element.ts'
import { receiveElement } from '../../../../core/chat/incoming.ts'
import { parseJson } from '../../../../core/chat/json.ts'
import {
  decodeContactLinkData,
  decodeGroupLinkData,
  decodeRelayLinkData,
  encodeContactLinkData,
  encodeGroupLinkData,
  encodeRelayLinkData,
  groupLinkIdOf,
} from '../../../../core/chat/link-data.ts'
import { decodeMessage, encodeMessage } from '../../../../core/chat/message.ts'
import { decodeRoster, encodeRoster } from '../../../../core/chat/roster.ts'
import { relayGroupBinding, signedElement } from '../../../../core/chat/signing.ts'
import { decode } from '../../../../core/codec/reader.ts'
import { seededRandom } from '../../../simulation/random.ts'
import {
  FULL_PROFILE,
  GROUP_ID,
  GROUP_PROFILE,
  MEMBER,
  MEMBER_ID,
  MEMBER_PUBLIC,
  MSG_ID,
  OTHER_ID,
  SAMPLE_EVENTS,
} from '../../chat/samples.ts'
import { type Decoder, ofBytes, ofJson, ofText, slow } from '../decoder.ts'

const random = seededRandom('fuzz', 'chat').bytes
const MESSAGES = SAMPLE_EVENTS.map((event) => encodeMessage({ v: { min: 9, max: 19 }, msgId: MSG_ID, event }))
const SIGNED = MESSAGES.filter((_, index) => index % 7 === 0).map((body) =>
  signedElement(MEMBER, relayGroupBinding(GROUP_ID, MEMBER_ID), body),
)
const CHUNK = encodeChunk({ fileMsgId: MSG_ID, chunkNo: 1, bytes: random(100) })
const FORWARDED = [...SIGNED, MESSAGES[3]!, CHUNK].map((inner, index) =>
  encodeForwarded(
    { sender: index % 3 === 0 ? { type: 'channel' } : { type: 'member', memberId: MEMBER_ID, name: 'é' }, ts: 1.7e9 },
    inner,
  ),
)
const ELEMENTS = [...SIGNED, ...FORWARDED, CHUNK, ...MESSAGES.slice(0, 5)]
const BATCHES = [
  ...authorBatches(MESSAGES),
  encodeBinaryBatch(ELEMENTS.slice(0, 20)),
  encodeArrayBatch(MESSAGES.slice(0, 4)),
]
/** Announces little and holds much. */
const BOMB = compressFrame(new Uint8Array(10_000_000))

const view = {
  relayGroup: true,
  publicGroupId: GROUP_ID,
  receiverRole: 'member',
  peer: { memberId: OTHER_ID, key: MEMBER_PUBLIC, role: 'relay' },
  member: () => ({ memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'owner' }),
} as const

export const chat: readonly Decoder[] = [
  json('JSON', parseJson),
  json('chat message', decodeMessage),
  json('body of one message', parseBody),
  json('connInfo', parseConnInfo),
  ofJson('body of a JSON array', parseBody, [{ v: '1', event: 'x.ok', params: {} }], values().slice(0, 4)),
  ofBytes('body', parseBody, ...BATCHES, ...ELEMENTS),
  slow(3, ofBytes('compressed body', parseBody, ...BATCHES.map(compressBody))),
  slow(
    3,
    ofBytes('zstd frame', (input) => decompressFrame(input), compressFrame(random(500)), BOMB),
  ),
  slow(
    2,
    ofBytes(
      'attributed elements',
      (input) => parseBody(input).map((element) => receiveElement(element, view)),
      ...BATCHES,
      ...ELEMENTS,
    ),
  ),
  ofBytes('element', parseElement, ...ELEMENTS),
  ofBytes('signed element', (input) => decode(input, readSigned), ...SIGNED),
  ofBytes('forward', (input) => decode(input, (reader) => [readForwarded(reader), reader.tail()]), ...FORWARDED),
  ofBytes('file chunk', (input) => decode(input, readChunk), CHUNK),
  ofBytes('roster', decodeRoster, encodeRoster([{ memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'admin' }])),
  { ...json('contact link data', decodeContactLinkData), seeds: [contactLink()] },
  { ...json('group link data', decodeGroupLinkData), seeds: [groupLink()] },
  { ...json('relay link data', decodeRelayLinkData), seeds: [encodeRelayLinkData({ relayProfile: FULL_PROFILE })] },
  slow(3, ofBytes('compressed link data', decodeGroupLinkData, groupLink('d'.repeat(12_000)))),
  ofText('group link id', groupLinkIdOf, '{"type":"group","groupLinkId":"AAAA"}'),
]

function json(name: string, decoder: (input: Uint8Array) => unknown): Decoder {
  return { ...ofJson(name, decoder), seeds: MESSAGES }
}

function values(): readonly unknown[] {
  return MESSAGES.map((message) => JSON.parse(Buffer.from(message).toString()) as unknown)
}

function contactLink(): Uint8Array {
  return encodeContactLinkData({ profile: FULL_PROFILE, business: true, message: { type: 'text', text: 'hi' } })
}

function groupLink(description = 'short'): Uint8Array {
  const groupProfile = { ...GROUP_PROFILE, description }
  return encodeGroupLinkData({ groupProfile, publicGroupData: { publicMemberCount: 3 } })
}
