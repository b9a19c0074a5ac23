import { type MsgContent, msgContent, type Reaction, reaction } from '../content.ts'
import { type MemberId, memberId, type SharedMsgId, sharedMsgId } from '../ids.ts'
import { bool, integer, type JsonCodec, type JsonObject, opaqueObject, optional, record, text } from '../json.ts'
import {
  type FileDescr,
  fileDescr,
  type Mentions,
  type MsgContainer,
  type MsgScope,
  mentions,
  msgContainer,
  msgScope,
} from '../msg-container.ts'
import { type NoParams, noParams } from './contact.ts'

/** Message events (chat §2.3). */
export interface MessageEventParams {
  'x.msg.new': MsgContainer
  'x.msg.update': MsgUpdate
  'x.msg.del': MsgDelete
  'x.msg.react': MsgReact
  'x.msg.file.descr': MsgFileDescr
  'x.file.cancel': FileCancel
  'x.file.acpt.inv': FileAcceptInv
  /** Obsolete: accepted, never sent. */
  'x.file': JsonObject
  'x.file.acpt': JsonObject
  /** A placeholder in stored data, never sent. */
  'x.msg.deleted': NoParams
}

export interface MsgUpdate {
  readonly msgId: SharedMsgId
  readonly content: MsgContent
  readonly mentions?: Mentions | undefined
  readonly ttl?: number | undefined
  readonly live?: boolean | undefined
  readonly scope?: MsgScope | undefined
  readonly asGroup?: boolean | undefined
}

export interface MsgDelete {
  readonly msgId: SharedMsgId
  /** The author of a moderated message; absent for one's own and for items of the group itself. */
  readonly memberId?: MemberId | undefined
  readonly scope?: MsgScope | undefined
  /** Removes the item from the super-peer's history, without forwarding the deletion. */
  readonly onlyHistory?: boolean | undefined
}

export interface MsgReact {
  readonly msgId: SharedMsgId
  /** The author of the item; absent for items of the group itself. */
  readonly memberId?: MemberId | undefined
  readonly scope?: MsgScope | undefined
  readonly reaction: Reaction
  /** False takes the reaction back. */
  readonly add: boolean
}

export interface MsgFileDescr {
  readonly msgId: SharedMsgId
  readonly fileDescr: FileDescr
}

export interface FileCancel {
  readonly msgId: SharedMsgId
}

export interface FileAcceptInv {
  readonly msgId: SharedMsgId
  readonly fileConnReq?: string | undefined
  readonly fileName: string
}

export const messageEvents: { readonly [K in keyof MessageEventParams]: JsonCodec<MessageEventParams[K]> } = {
  'x.msg.new': msgContainer,
  'x.msg.update': record<MsgUpdate>({
    msgId: sharedMsgId,
    content: msgContent,
    mentions: optional(mentions),
    ttl: optional(integer),
    live: optional(bool),
    scope: optional(msgScope),
    asGroup: optional(bool),
  }),
  'x.msg.del': record<MsgDelete>({
    msgId: sharedMsgId,
    memberId: optional(memberId),
    scope: optional(msgScope),
    onlyHistory: optional(bool),
  }),
  'x.msg.react': record<MsgReact>({
    msgId: sharedMsgId,
    memberId: optional(memberId),
    scope: optional(msgScope),
    reaction,
    add: bool,
  }),
  'x.msg.file.descr': record<MsgFileDescr>({ msgId: sharedMsgId, fileDescr }),
  'x.file.cancel': record<FileCancel>({ msgId: sharedMsgId }),
  'x.file.acpt.inv': record<FileAcceptInv>({ msgId: sharedMsgId, fileConnReq: optional(text), fileName: text }),
  'x.file': opaqueObject,
  'x.file.acpt': opaqueObject,
  'x.msg.deleted': noParams,
}
