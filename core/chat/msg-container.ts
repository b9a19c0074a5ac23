import { CodecError } from '../codec/error.ts'
import { type MsgContent, msgContent } from './content.ts'
import { type MemberId, memberId, type SharedMsgId, sharedMsgId } from './ids.ts'
import {
  bool,
  bytesText,
  dictionary,
  integer,
  isObject,
  type JsonCodec,
  type JsonObject,
  type Open,
  opaqueObject,
  openText,
  optional,
  record,
  text,
  timestamp,
} from './json.ts'
import { MAX_MENTIONS_RECEIVED } from './limits.ts'

/** The params of `x.msg.new` (chat §2.4). */
export interface MsgContainer {
  readonly content: MsgContent
  /** By the name used in the text. */
  readonly mentions?: Mentions | undefined
  readonly file?: FileInvitation | undefined
  /** Seconds; a disappearing message. */
  readonly ttl?: number | undefined
  readonly live?: boolean | undefined
  /** Absent: the main conversation. */
  readonly scope?: MsgScope | undefined
  /** Sent as the group itself, by an owner. */
  readonly asGroup?: boolean | undefined
  readonly quote?: QuotedMsg | undefined
  readonly parent?: MsgRef | undefined
  readonly forward?: boolean | undefined
  readonly forwardLink?: JsonObject | undefined
}

export type Mentions = ReadonlyMap<string, MsgMention>

export interface MsgMention {
  readonly memberId: MemberId
}

export interface QuotedMsg {
  readonly msgRef: MsgRef
  readonly content: MsgContent
}

export interface MsgRef {
  readonly msgId?: SharedMsgId | undefined
  /** ISO-8601 UTC. */
  readonly sentAt: string
  /** From the viewpoint of the author of the quoting message. */
  readonly sent: boolean
  /** Absent for items of the group itself. */
  readonly memberId?: MemberId | undefined
}

/** The support conversation of one member (chat §2.11). */
export interface MsgScope {
  readonly type: 'member'
  readonly memberId: MemberId
}

export interface FileDescr {
  readonly fileDescrText: string
  /** From 1; 0 in an announcement. */
  readonly fileDescrPartNo: number
  readonly fileDescrComplete: boolean
}

/** chat §2.6. */
export interface FileInvitation {
  readonly fileName: string
  readonly fileSize: number
  /** SHA-512. */
  readonly fileDigest?: Uint8Array | undefined
  readonly fileConnReq?: string | undefined
  readonly fileInline?: Open<'offer' | 'sent'> | undefined
  readonly fileDescr?: FileDescr | undefined
}

export const mentions: JsonCodec<Mentions> = dictionary(record<MsgMention>({ memberId }))

const msgRef: JsonCodec<MsgRef> = record<MsgRef>({
  msgId: optional(sharedMsgId),
  sentAt: timestamp,
  sent: bool,
  memberId: optional(memberId),
})

/** An unknown kind of scope is an error: what was meant for a few must not appear in the main conversation. */
const scopeType: JsonCodec<'member'> = {
  decode(value) {
    if (text.decode(value) !== 'member') throw new CodecError('syntax', 'unknown scope')
    return 'member'
  },
  encode: (value) => value,
}

export const msgScope: JsonCodec<MsgScope> = record<MsgScope>({ type: scopeType, memberId })

export const fileDescr: JsonCodec<FileDescr> = record<FileDescr>({
  fileDescrText: text,
  fileDescrPartNo: integer,
  fileDescrComplete: bool,
})

const fileInvitation: JsonCodec<FileInvitation> = record<FileInvitation>({
  fileName: text,
  fileSize: integer,
  fileDigest: optional(bytesText(1, 255)),
  fileConnReq: optional(text),
  fileInline: optional(openText<'offer' | 'sent'>()),
  fileDescr: optional(fileDescr),
})

/** Some write what was forwarded as an object that says more. */
const forwardMark: JsonCodec<boolean> = {
  decode: (value) => isObject(value) || bool.decode(value),
  encode: (value) => value,
}

export const msgContainer: JsonCodec<MsgContainer> = record<MsgContainer>({
  content: msgContent,
  mentions: optional(mentions),
  file: optional(fileInvitation),
  ttl: optional(integer),
  live: optional(bool),
  scope: optional(msgScope),
  asGroup: optional(bool),
  quote: optional(record<QuotedMsg>({ msgRef, content: msgContent })),
  parent: optional(msgRef),
  forward: optional(forwardMark),
  forwardLink: optional(opaqueObject),
})

/** A file pushed or offered in chunks; such messages are not forwarded (chat §2.6). */
export function isInline(container: MsgContainer): boolean {
  return container.file?.fileInline !== undefined
}

/** The mentions that count: none where there are more than a message may have (chat §2.4). */
export function acceptedMentions(container: Pick<MsgContainer, 'mentions'>): Mentions {
  const named = container.mentions ?? new Map()
  return named.size <= MAX_MENTIONS_RECEIVED ? named : new Map()
}
