import { type ChatEvent, encodeEventParams, eventName } from '../../chat/events.ts'
import { isObject, type Json } from '../../chat/json.ts'
import { utf8 } from '../../codec/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'

/**
 * What copies of one event from different super-peers have in common (chat §9.5): the event and what this program
 * understands of its parameters, keys in order. Super-peers write unsigned events anew and lose what they do not know,
 * so that fields unknown to us must not count.
 */
export function eventDigest(event: ChatEvent): Uint8Array {
  return sha256(utf8(`${eventName(event)} ${canonical(encodeEventParams(event))}`))
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`)
  return `{${fields.join(',')}}`
}
