import { fromLatin1, latin1 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { type PublicKey, readPublicKey, writePublicKey } from '../codec/keys.ts'
import { Reader } from '../codec/reader.ts'
import { Writer } from '../codec/writer.ts'
import { checkedBasicAuth, type RouterAddress, readRouterAddress, writeRouterAddress } from './address.ts'
import { readSpace, readWord } from './words.ts'

/** Commands of clients (smp §5.1, §5.2). Identifiers are byte strings of at most 255 bytes, 24 as routers make them. */
export type Command =
  | NewCommand
  | { readonly type: BareCommand }
  | { readonly type: 'KEY' | 'SKEY' | 'LKEY'; readonly key: AuthKey }
  | { readonly type: 'RKEY'; readonly keys: readonly [AuthKey, ...AuthKey[]] }
  | { readonly type: 'LSET'; readonly linkId: Uint8Array; readonly data: LinkData }
  | { readonly type: 'NKEY'; readonly key: AuthKey; readonly dhKey: PublicKey<'X25519'> }
  | { readonly type: 'ACK'; readonly msgId: Uint8Array }
  | { readonly type: 'SEND'; readonly flags: MessageFlags; readonly body: Uint8Array }
  | { readonly type: 'PRXY'; readonly router: RouterAddress; readonly basicAuth?: string | undefined }
  | {
      readonly type: 'PFWD'
      readonly version: number
      readonly key: PublicKey<'X25519'>
      readonly transmission: Uint8Array
    }
  | { readonly type: 'RFWD'; readonly transmission: Uint8Array }

const BARE = ['SUB', 'SUBS', 'LDEL', 'NDEL', 'GET', 'OFF', 'DEL', 'QUE', 'PING', 'LGET', 'NSUB', 'NSUBS'] as const
type BareCommand = (typeof BARE)[number]

export type CommandType = Command['type']

/** A key that can authorise commands. */
export type AuthKey = PublicKey<AuthAlgorithm>
export type AuthAlgorithm = 'Ed25519' | 'Ed448' | 'X25519'

export interface MessageFlags {
  readonly notification: boolean
}

export type QueueMode = 'messaging' | 'contact'

/** The encrypted record behind a short link (smp §1.1 `EncDataBytes`). */
export interface LinkData {
  readonly fixed: Uint8Array
  readonly user: Uint8Array
}

export interface NewCommand {
  readonly type: 'NEW'
  readonly key: AuthKey
  readonly dhKey: PublicKey<'X25519'>
  readonly basicAuth?: string | undefined
  /** True: this connection is subscribed to the new queue at once. */
  readonly subscribe: boolean
  /** Absent: a queue without mode. Sent from version 9, with link data from 15. */
  readonly queue?: QueueRequest | undefined
  /** Sent from version 17. */
  readonly notifier?: NotifierRequest | undefined
}

export type QueueRequest =
  | {
      readonly mode: 'messaging'
      readonly link?: { readonly senderId: Uint8Array; readonly data: LinkData } | undefined
    }
  | {
      readonly mode: 'contact'
      readonly link?:
        | { readonly linkId: Uint8Array; readonly senderId: Uint8Array; readonly data: LinkData }
        | undefined
    }

interface NotifierRequest {
  readonly key: AuthKey
  readonly dhKey: PublicKey<'X25519'>
}

/** Largest body of `SEND` (smp §2.11). */
export function maxMessageSize(version: number): number {
  if (version >= 11) return 16048
  return version >= 8 ? 16064 : 16088
}

export function encodeCommand(version: number, command: Command): Uint8Array {
  const writer = new Writer(command.type === 'SEND' ? command.body.length + 16 : 256)
  writeCommand(writer, version, command)
  return writer.done()
}

export function writeCommand(writer: Writer, version: number, command: Command): void {
  switch (command.type) {
    case 'NEW':
      writeNew(writer, version, command)
      return
    case 'KEY':
    case 'SKEY':
    case 'LKEY':
      writer.literal(`${command.type} `)
      writePublicKey(writer, command.key)
      return
    case 'RKEY':
      writer.literal('RKEY ').list1(command.keys, writePublicKey)
      return
    case 'LSET':
      writer.literal('LSET ').short(command.linkId)
      writeLinkData(writer, command.data)
      return
    case 'NKEY':
      writer.literal('NKEY ')
      writeNotifierRequest(writer, command)
      return
    case 'ACK':
      writer.literal('ACK ').short(command.msgId)
      return
    case 'SEND':
      writer.literal(command.flags.notification ? 'SEND T ' : 'SEND F ').raw(command.body)
      return
    case 'PRXY':
      writer.literal('PRXY ')
      writeRouterAddress(writer, command.router)
      writer.optional(command.basicAuth, writeBasicAuth)
      return
    case 'PFWD':
      writer.literal('PFWD ').u16(command.version)
      writePublicKey(writer, command.key)
      writer.raw(command.transmission)
      return
    case 'RFWD':
      writer.literal('RFWD ').raw(command.transmission)
      return
    default:
      writer.literal(command.type)
  }
}

/**
 * Decodes a whole command; byte strings are views of `bytes`. `UNKNOWN` and `SYNTAX` are what the router answers after
 * `ERR CMD` (smp §4.6).
 */
export function decodeCommand(version: number, bytes: Uint8Array): Command | 'UNKNOWN' | 'SYNTAX' {
  const reader = new Reader(bytes)
  const tag = readWord(reader)
  if (isBare(tag)) return reader.remaining === 0 ? { type: tag } : 'SYNTAX'
  const parameters = PARAMETERS.get(tag)
  if (parameters === undefined) return 'UNKNOWN'
  try {
    readSpace(reader)
    const command = parameters(reader, version)
    reader.end()
    return command
  } catch (error) {
    if (error instanceof CodecError) return 'SYNTAX'
    throw error
  }
}

const PARAMETERS: ReadonlyMap<string, (reader: Reader, version: number) => Command> = new Map<
  CommandType,
  (reader: Reader, version: number) => Command
>([
  ['NEW', readNew],
  ['KEY', (reader) => ({ type: 'KEY', key: readAuthKey(reader) })],
  ['SKEY', (reader) => ({ type: 'SKEY', key: readAuthKey(reader) })],
  ['LKEY', (reader) => ({ type: 'LKEY', key: readAuthKey(reader) })],
  ['RKEY', (reader) => ({ type: 'RKEY', keys: reader.list1(readAuthKey) })],
  ['LSET', (reader) => ({ type: 'LSET', linkId: reader.short(), data: readLinkData(reader) })],
  ['NKEY', (reader) => ({ type: 'NKEY', ...readNotifierRequest(reader) })],
  ['ACK', (reader) => ({ type: 'ACK', msgId: reader.short() })],
  ['SEND', readSend],
  [
    'PRXY',
    (reader) => ({ type: 'PRXY', router: readRouterAddress(reader), basicAuth: reader.optional(readBasicAuth) }),
  ],
  [
    'PFWD',
    (reader) => ({
      type: 'PFWD',
      version: reader.u16(),
      key: readPublicKey(reader, 'X25519'),
      transmission: reader.tail(),
    }),
  ],
  ['RFWD', (reader) => ({ type: 'RFWD', transmission: reader.tail() })],
])

function isBare(tag: string): tag is BareCommand {
  return (BARE as readonly string[]).includes(tag)
}

function readSend(reader: Reader): Command {
  const flags = readMessageFlags(reader)
  readSpace(reader)
  return { type: 'SEND', flags, body: reader.tail() }
}

/** `T` or `F`, then bytes of later versions up to the next space, which are skipped. */
export function readMessageFlags(reader: Reader): MessageFlags {
  const notification = reader.bool()
  readWord(reader)
  return { notification }
}

/** The layouts of smp §5.2: the `A` marker up to 8, `bool` mode up to 14, queue data from 15, notifier from 17. */
function writeNew(writer: Writer, version: number, command: NewCommand): void {
  writer.literal('NEW ')
  writePublicKey(writer, command.key)
  writePublicKey(writer, command.dhKey)
  if (version >= 9) writer.optional(command.basicAuth, writeBasicAuth)
  else if (command.basicAuth !== undefined) writeBasicAuth(writer.literal('A'), command.basicAuth)
  writer.literal(command.subscribe ? 'S' : 'C')
  if (version >= 15) writer.optional(command.queue, writeQueueRequest)
  else if (version >= 9) writer.bool(command.queue?.mode === 'messaging')
  if (version >= 17) writer.optional(command.notifier, writeNotifierRequest)
}

function readNew(reader: Reader, version: number): Command {
  const key = readAuthKey(reader)
  const dhKey = readPublicKey(reader, 'X25519')
  return {
    type: 'NEW',
    key,
    dhKey,
    basicAuth: readNewBasicAuth(reader, version),
    subscribe: readSubscribe(reader),
    queue: readNewQueue(reader, version),
    notifier: version >= 17 ? reader.optional(readNotifierRequest) : undefined,
  }
}

function readNewBasicAuth(reader: Reader, version: number): string | undefined {
  if (version >= 9) return reader.optional(readBasicAuth)
  return reader.accept('A') ? readBasicAuth(reader) : undefined
}

function readNewQueue(reader: Reader, version: number): QueueRequest | undefined {
  if (version >= 15) return reader.optional(readQueueRequest)
  if (version >= 9) return { mode: reader.bool() ? 'messaging' : 'contact' }
  return undefined
}

function readSubscribe(reader: Reader): boolean {
  if (reader.accept('S')) return true
  reader.literal('C')
  return false
}

function writeQueueRequest(writer: Writer, request: QueueRequest): void {
  writeQueueMode(writer, request.mode)
  if (request.mode === 'messaging') {
    writer.optional(request.link, (w, link) => writeLinkData(w.short(link.senderId), link.data))
  } else {
    writer.optional(request.link, (w, link) => writeLinkData(w.short(link.linkId).short(link.senderId), link.data))
  }
}

function readQueueRequest(reader: Reader): QueueRequest {
  const mode = readQueueMode(reader)
  if (mode === 'messaging') {
    return { mode, link: reader.optional((r) => ({ senderId: r.short(), data: readLinkData(r) })) }
  }
  return { mode, link: reader.optional((r) => ({ linkId: r.short(), senderId: r.short(), data: readLinkData(r) })) }
}

export function writeQueueMode(writer: Writer, mode: QueueMode): void {
  writer.literal(mode === 'messaging' ? 'M' : 'C')
}

export function readQueueMode(reader: Reader): QueueMode {
  if (reader.accept('M')) return 'messaging'
  reader.literal('C')
  return 'contact'
}

export function writeLinkData(writer: Writer, data: LinkData): void {
  writer.large(data.fixed).large(data.user)
}

export function readLinkData(reader: Reader): LinkData {
  return { fixed: reader.large(), user: reader.large() }
}

function writeNotifierRequest(writer: Writer, request: NotifierRequest): void {
  writePublicKey(writer, request.key)
  writePublicKey(writer, request.dhKey)
}

function readNotifierRequest(reader: Reader): NotifierRequest {
  return { key: readAuthKey(reader), dhKey: readPublicKey(reader, 'X25519') }
}

export function readAuthKey(reader: Reader): AuthKey {
  return readPublicKey(reader, 'Ed25519', 'Ed448', 'X25519')
}

function writeBasicAuth(writer: Writer, password: string): void {
  writer.short(latin1(password === '' ? password : checkedBasicAuth(password)))
}

/** An empty one can be read: whoever compares it finds it wrong. */
function readBasicAuth(reader: Reader): string {
  const password = fromLatin1(reader.short())
  return password === '' ? password : checkedBasicAuth(password)
}
