import { CodecError } from '../codec/error.ts'
import type { VersionRange } from '../codec/version.ts'
import { type ChatEvent, decodeEvent, encodeEventParams, eventName } from './events.ts'
import { type SharedMsgId, sharedMsgId } from './ids.ts'
import { encodeJson, type Json, type JsonObject, opaqueObject, parseJson, text, versionText } from './json.ts'
import { MAX_MESSAGE } from './limits.ts'
import { INITIAL_CHAT_VERSION } from './versions.ts'

/** One JSON message (chat §1.1). */
export interface ChatMessage {
  /** The author's range. */
  readonly v: VersionRange
  /** Everything that can be forwarded carries one; connInfo never does. */
  readonly msgId?: SharedMsgId | undefined
  readonly event: ChatEvent
}

export function messageFromJson(value: Json): ChatMessage {
  const json = opaqueObject.decode(value)
  const v = json.v === undefined || json.v === null ? INITIAL_CHAT_VERSION : versionText.decode(json.v)
  const msgId = json.msgId === undefined || json.msgId === null ? undefined : sharedMsgId.decode(json.msgId)
  if (json.event === undefined) throw new CodecError('syntax', 'event is missing')
  const name = text.decode(json.event)
  if (json.params === undefined) throw new CodecError('syntax', 'params are missing')
  const event = decodeEvent(name, opaqueObject.decode(json.params))
  return { v, ...(msgId && { msgId }), event }
}

export function messageToJson(message: ChatMessage): JsonObject {
  return {
    v: versionText.encode(message.v),
    ...(message.msgId && { msgId: sharedMsgId.encode(message.msgId) }),
    event: eventName(message.event),
    params: encodeEventParams(message.event),
  }
}

export function decodeMessage(body: Uint8Array): ChatMessage {
  return messageFromJson(parseJson(body))
}

/** Errors: `oversize` above `limit` bytes (chat §1.6, §1.7). */
export function encodeMessage(message: ChatMessage, limit = MAX_MESSAGE): Uint8Array {
  const body = encodeJson(messageToJson(message))
  if (body.length > limit) throw new CodecError('oversize', `message of ${body.length} bytes, limit ${limit}`)
  return body
}
