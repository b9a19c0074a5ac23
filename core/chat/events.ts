import { CodecError } from '../codec/error.ts'
import { type ContactEventParams, contactEvents } from './events/contact.ts'
import { type GroupEventParams, groupEvents } from './events/group.ts'
import { type MessageEventParams, messageEvents } from './events/message.ts'
import { type RelayEventParams, relayEvents } from './events/relay.ts'
import type { Json, JsonCodec, JsonObject } from './json.ts'

/** Every event that this program knows (chat §2), by name. */
export interface ChatEventParams extends ContactEventParams, MessageEventParams, GroupEventParams, RelayEventParams {}

export type EventName = keyof ChatEventParams

export type KnownEvent<K extends EventName = EventName> = {
  readonly [N in K]: { readonly type: N; readonly params: ChatEventParams[N] }
}[K]

/** An event of a newer version or an extension: tolerated everywhere, without effect, not forwarded (chat §2.1). */
export interface UnknownEvent {
  readonly type: 'unknown'
  readonly name: string
  readonly params: JsonObject
}

export type ChatEvent = KnownEvent | UnknownEvent

const TABLE: ReadonlyMap<string, JsonCodec<unknown>> = new Map(
  Object.entries({ ...contactEvents, ...messageEvents, ...groupEvents, ...relayEvents }) as [
    string,
    JsonCodec<unknown>,
  ][],
)

export const EVENT_NAMES: readonly EventName[] = [...TABLE.keys()] as EventName[]

/** Errors: `syntax` where the name does not begin with "x" or a mandatory parameter is missing or ill-typed. */
export function decodeEvent(name: string, params: JsonObject): ChatEvent {
  const codec = TABLE.get(name)
  if (codec !== undefined) return { type: name, params: codec.decode(params) } as KnownEvent
  if (!name.startsWith('x')) throw new CodecError('syntax', 'not the name of an event')
  return { type: 'unknown', name, params }
}

export function eventName(event: ChatEvent): string {
  return event.type === 'unknown' ? event.name : event.type
}

export function encodeEventParams(event: ChatEvent): Json {
  if (event.type === 'unknown') return event.params
  const codec = TABLE.get(event.type)
  if (codec === undefined) throw new CodecError('syntax', 'not the name of an event')
  return codec.encode(event.params)
}
