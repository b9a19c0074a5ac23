import { equal } from '../codec/bytes.ts'
import { CodecError, HearthError, unlessMalformed } from '../codec/error.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { Reader } from '../codec/reader.ts'
import { Writer } from '../codec/writer.ts'
import { algorithmOfAuthenticator, authenticatorSize, authorise } from './authorise.ts'
import { type AuthAlgorithm, type Command, decodeCommand, writeCommand } from './commands.ts'
import { checkCommandCredentials, checkMessageCredentials } from './credentials.ts'
import type { SmpError } from './errors.ts'
import { type BrokerMessage, decodeMessage, writeMessage } from './messages.ts'

/**
 * Transmissions and blocks of them (smp §4):
 *
 *     transmission = authenticator ‖ [service signature] ‖ [session id] ‖ correlation id ‖ entity id ‖ command
 *     block        = u8 count ‖ count × large(transmission)
 *
 * A *frame* here is a block that holds one transmission; `packBlocks` puts several frames into one block.
 */

/** Sum of `2 + length` over the transmissions of a block. */
export const MAX_BLOCK = 16365
export const MAX_BATCH = 255

/** What the encodings need to know about a session. */
export interface SessionParameters {
  readonly version: number
  readonly sessionId: Uint8Array
}

const COUNT = 1
const LENGTH = 2

/** Up to version 6 the session id travels in every transmission; later it is only covered by the authorisation. */
function carriesSessionId(version: number): boolean {
  return version < 7
}

/** From version 16 authorised transmissions have a field for a service signature. */
function carriesServiceSignature(version: number): boolean {
  return version >= 16
}

/**
 * A command as a frame. Errors: protocol `LARGE_MSG` where it does not fit into a block.
 *
 * The covered bytes are `session id ‖ t` and the transmitted ones `authenticator ‖ … ‖ t`, so both are built around the
 * same `t`: the session id first, the rest over it once the authorisation is made.
 */
export function encodeCommandFrame(
  session: SessionParameters & { readonly peerKey?: PublicKey<'X25519'> | undefined },
  corrId: Uint8Array,
  entityId: Uint8Array,
  command: Command,
  key?: PrivateKey<AuthAlgorithm>,
): Uint8Array {
  const { version, sessionId } = session
  const authSize = key === undefined ? 0 : authenticatorSize(key.algorithm)
  const serviceSize = key !== undefined && carriesServiceSignature(version) ? 1 : 0
  const head = COUNT + LENGTH + 1 + authSize + serviceSize
  const sessionSize = 1 + sessionId.length
  const kept = carriesSessionId(version) ? sessionSize : 0
  const start = Math.max(head, sessionSize - kept)

  const writer = new Writer(start + 64 + (command.type === 'SEND' ? command.body.length + 8 : 256))
  writer.skip(start - (sessionSize - kept)).short(sessionId)
  writer.short(corrId).short(entityId)
  writeCommand(writer, version, command)
  const bytes = writer.done()

  const covered = bytes.subarray(start - (sessionSize - kept))
  const authenticator = key === undefined ? undefined : authorise(key, covered, corrId, session.peerKey)
  const frame = bytes.subarray(start - head)
  writeFrameHead(frame)
  frame[COUNT + LENGTH] = authSize
  if (authenticator !== undefined) frame.set(authenticator, COUNT + LENGTH + 1)
  if (serviceSize > 0) frame[head - 1] = 0x30
  return frame
}

/** A router's message as a frame; an empty `corrId` makes it an event. */
export function encodeMessageFrame(
  session: SessionParameters,
  corrId: Uint8Array,
  entityId: Uint8Array,
  message: BrokerMessage,
): Uint8Array {
  const writer = new Writer(96 + (message.type === 'MSG' ? message.body.length + 32 : 256))
  writer.skip(COUNT + LENGTH).u8(0)
  if (carriesSessionId(session.version)) writer.short(session.sessionId)
  writer.short(corrId).short(entityId)
  writeMessage(writer, session.version, message)
  const frame = writer.done()
  writeFrameHead(frame)
  return frame
}

function writeFrameHead(frame: Uint8Array): void {
  const length = frame.length - COUNT - LENGTH
  if (LENGTH + length > MAX_BLOCK) {
    throw new HearthError('protocol', 'LARGE_MSG', `transmission of ${length} bytes does not fit into a block`)
  }
  frame[0] = 1
  frame[1] = length >>> 8
  frame[2] = length
}

/** Bytes that a frame takes in a block. */
export function sizeInBlock(frame: Uint8Array): number {
  return frame.length - COUNT
}

/** Packs frames into as few blocks as their order allows. A frame alone in its block is that block. */
export function packBlocks(frames: readonly Uint8Array[]): Uint8Array[] {
  const blocks: Uint8Array[] = []
  let from = 0
  let size = 0
  for (let i = 0; i <= frames.length; i++) {
    const frame = frames[i]
    if (frame !== undefined && i - from < MAX_BATCH && size + sizeInBlock(frame) <= MAX_BLOCK) {
      size += sizeInBlock(frame)
      continue
    }
    if (i > from) blocks.push(joinFrames(frames.slice(from, i), size))
    if (frame === undefined) break
    from = i
    size = sizeInBlock(frame)
  }
  return blocks
}

function joinFrames(frames: readonly Uint8Array[], size: number): Uint8Array {
  if (frames.length === 1) return frames[0]!
  const block = new Uint8Array(COUNT + size)
  block[0] = frames.length
  let offset = COUNT
  for (const frame of frames) {
    block.set(frame.subarray(COUNT), offset)
    offset += sizeInBlock(frame)
  }
  return block
}

/** The transmissions of a block, as views. Errors: CodecError where the block as a whole is malformed. */
export function splitBlock(payload: Uint8Array): Uint8Array[] {
  const reader = new Reader(payload)
  const transmissions = reader.list1((r) => r.large())
  reader.end()
  return transmissions
}

/** The fields of a transmission in either direction, as views. */
export interface RawTransmission {
  readonly authenticator: Uint8Array
  readonly serviceSignature: Uint8Array | undefined
  /** Only in version 6. */
  readonly sessionId: Uint8Array | undefined
  readonly corrId: Uint8Array
  readonly entityId: Uint8Array
  /** Command or message, undecoded. */
  readonly content: Uint8Array
  /** Correlation id, entity id and content as they stand, the part that authorisation covers after the session id. */
  readonly transmitted: Uint8Array
}

export function decodeTransmission(version: number, bytes: Uint8Array): RawTransmission {
  const reader = new Reader(bytes)
  const authenticator = reader.short()
  const signed = authenticator.length > 0 && carriesServiceSignature(version)
  const serviceSignature = signed ? reader.optional(readServiceSignature) : undefined
  const sessionId = carriesSessionId(version) ? reader.short() : undefined
  const transmitted = bytes.subarray(reader.position)
  const corrId = reader.short()
  const entityId = reader.short()
  return { authenticator, serviceSignature, sessionId, corrId, entityId, content: reader.tail(), transmitted }
}

function readServiceSignature(reader: Reader): Uint8Array {
  const signature = reader.short()
  if (signature.length !== 64) throw new CodecError('syntax', 'service signature must have 64 bytes')
  return signature
}

/** What the authorisation of a received transmission covers (smp §2.6): `session id ‖ correlation id ‖ …`. */
export function coveredBytes(session: SessionParameters, transmission: RawTransmission): Uint8Array {
  const { sessionId } = session
  const covered = new Uint8Array(1 + sessionId.length + transmission.transmitted.length)
  covered[0] = sessionId.length
  covered.set(sessionId, 1)
  covered.set(transmission.transmitted, 1 + sessionId.length)
  return covered
}

/** A command as the router received it, or the error to answer with (smp §4.5, §4.6). */
export type ReceivedCommand =
  | {
      readonly corrId: Uint8Array
      readonly entityId: Uint8Array
      readonly command: Command
      readonly transmission: RawTransmission
      readonly error?: undefined
    }
  | { readonly corrId: Uint8Array; readonly entityId: Uint8Array; readonly error: SmpError }

const NOTHING = new Uint8Array(0)

/** Decodes one transmission of a client's block; never throws on input. */
export function receiveCommand(session: SessionParameters, bytes: Uint8Array): ReceivedCommand {
  const transmission = unlessMalformed(() => decodeTransmission(session.version, bytes))
  if (transmission === undefined) return { corrId: NOTHING, entityId: NOTHING, error: { type: 'BLOCK' } }
  const { authenticator, sessionId, corrId, entityId, content } = transmission
  if (sessionId !== undefined && !equal(sessionId, session.sessionId)) {
    return { corrId, entityId: NOTHING, error: { type: 'SESSION' } }
  }
  if (authenticator.length > 0 && algorithmOfAuthenticator(authenticator.length) === undefined) {
    return { corrId, entityId: NOTHING, error: { type: 'BLOCK' } }
  }
  const command = decodeCommand(session.version, content)
  if (typeof command === 'string') return { corrId, entityId, error: { type: 'CMD', error: command } }
  const refusal = checkCommandCredentials(command.type, authenticator.length > 0, entityId.length > 0)
  if (refusal !== undefined) return { corrId, entityId, error: { type: 'CMD', error: refusal } }
  return { corrId, entityId, command, transmission }
}

/** A router's message as the client received it. */
export interface ReceivedMessage {
  /** Empty for events. */
  readonly corrId: Uint8Array
  readonly entityId: Uint8Array
  /** Or why the content is not a message: the answer is lost, what it answers is known. */
  readonly message: BrokerMessage | HearthError
}

/** Decodes one transmission of a router's block. Errors: CodecError where even its ids cannot be read. */
export function receiveMessage(session: SessionParameters, bytes: Uint8Array): ReceivedMessage {
  const { sessionId, corrId, entityId, content } = decodeTransmission(session.version, bytes)
  if (sessionId !== undefined && !equal(sessionId, session.sessionId)) {
    return { corrId, entityId, message: new HearthError('protocol', 'SESSION', 'message of another session') }
  }
  try {
    const message = decodeMessage(session.version, content)
    const refusal = checkMessageCredentials(message.type, entityId.length > 0)
    if (refusal === undefined) return { corrId, entityId, message }
    return { corrId, entityId, message: new HearthError('protocol', refusal, `${message.type} with wrong ids`) }
  } catch (error) {
    if (error instanceof HearthError) return { corrId, entityId, message: error }
    throw error
  }
}
