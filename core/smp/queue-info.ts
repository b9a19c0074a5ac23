import { base64 } from '../codec/base64url.ts'
import { fromUtf8, utf8 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'

/** State of a queue as this connection sees it, the answer to `QUE` (smp §5.8). For debugging only. */
export interface QueueInfo {
  readonly secured: boolean
  readonly notifier: boolean
  readonly subscription?: QueueSubscriptionInfo | undefined
  /** Messages in the queue, a quota marker included. */
  readonly size: number
  readonly message?: QueueMessageInfo | undefined
}

const THREADS = ['noSub', 'subPending', 'subThread', 'prohibitSub'] as const

interface QueueSubscriptionInfo {
  /** `prohibitSub`: read with `GET` over this connection. */
  readonly thread: (typeof THREADS)[number]
  /** Delivered and not acknowledged. */
  readonly delivered?: Uint8Array | undefined
}

interface QueueMessageInfo {
  readonly msgId: Uint8Array
  /** ISO 8601, UTC. */
  readonly time: string
  readonly type: 'message' | 'quota'
}

/** JSON in the reference's order of members. */
export function formatQueueInfo(info: QueueInfo): Uint8Array {
  const { subscription, message } = info
  return utf8(
    JSON.stringify({
      qiSnd: info.secured,
      qiNtf: info.notifier,
      qiSub: subscription && {
        qSubThread: subscription.thread,
        qDelivered: subscription.delivered && base64(subscription.delivered),
      },
      qiSize: info.size,
      qiMsg: message && { msgId: base64(message.msgId), msgTs: message.time, msgType: message.type },
    }),
  )
}

export function parseQueueInfo(bytes: Uint8Array): QueueInfo {
  const json = asObject(parseJson(bytes))
  return {
    secured: asBoolean(json.qiSnd),
    notifier: asBoolean(json.qiNtf),
    subscription: optional(json.qiSub, (value) => {
      const subscription = asObject(value)
      return {
        thread: asOneOf(THREADS, subscription.qSubThread),
        delivered: optional(subscription.qDelivered, asBytes),
      }
    }),
    size: asCount(json.qiSize),
    message: optional(json.qiMsg, (value) => {
      const message = asObject(value)
      return {
        msgId: asBytes(message.msgId),
        time: asString(message.msgTs),
        type: asOneOf(['message', 'quota'], message.msgType),
      }
    }),
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes) ?? '')
  } catch {
    throw new CodecError('syntax', 'queue information is not JSON')
  }
}

function refuse(): never {
  throw new CodecError('syntax', 'queue information is not of the form')
}

function optional<T>(value: unknown, item: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : item(value)
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse()
}

function asBoolean(value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse()
}

function asString(value: unknown): string {
  return typeof value === 'string' ? value : refuse()
}

function asCount(value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : refuse()
}

function asOneOf<T extends string>(words: readonly T[], value: unknown): T {
  return words.find((word) => word === value) ?? refuse()
}

function asBytes(value: unknown): Uint8Array {
  const text = asString(value)
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : refuse()
}
