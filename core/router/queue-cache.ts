import { fromLatin1 } from '../codec/bytes.ts'
import type { Queue } from './queue.ts'

/** A Queue as the store sees it. */
export type QueueRecord = { -readonly [K in keyof Queue]: Queue[K] }

/** Records in memory, found by any of their ids. At most one object for each queue. */
export interface QueueCache {
  byRecipient(id: Uint8Array): QueueRecord | undefined
  bySender(id: Uint8Array): QueueRecord | undefined
  byLink(id: Uint8Array): QueueRecord | undefined
  byId(id: number): QueueRecord | undefined
  keep(record: QueueRecord): QueueRecord
  forget(record: QueueRecord): void
  setLink(record: QueueRecord, linkId: Uint8Array | undefined): void
  /** Forgets the least recently used down to `limit`. */
  trim(limit: number): void
  clear(): void
}

export function queueCache(): QueueCache {
  /** In the order of last use. */
  const records = new Map<number, QueueRecord>()
  const recipients = new Map<string, QueueRecord>()
  const senders = new Map<string, QueueRecord>()
  const links = new Map<string, QueueRecord>()

  function used(record: QueueRecord | undefined): QueueRecord | undefined {
    if (record === undefined) return undefined
    records.delete(record.id)
    records.set(record.id, record)
    return record
  }

  function forget(record: QueueRecord): void {
    records.delete(record.id)
    recipients.delete(fromLatin1(record.recipientId))
    senders.delete(fromLatin1(record.senderId))
    if (record.linkId !== undefined) links.delete(fromLatin1(record.linkId))
  }

  return {
    byRecipient: (id) => used(recipients.get(fromLatin1(id))),
    bySender: (id) => used(senders.get(fromLatin1(id))),
    byLink: (id) => used(links.get(fromLatin1(id))),
    byId: (id) => records.get(id),
    keep(record) {
      records.set(record.id, record)
      recipients.set(fromLatin1(record.recipientId), record)
      senders.set(fromLatin1(record.senderId), record)
      if (record.linkId !== undefined) links.set(fromLatin1(record.linkId), record)
      return record
    },
    forget,
    setLink(record, linkId) {
      if (record.linkId !== undefined) links.delete(fromLatin1(record.linkId))
      record.linkId = linkId
      if (linkId !== undefined) links.set(fromLatin1(linkId), record)
    },
    trim(limit) {
      for (const record of records.values()) {
        if (records.size <= limit) return
        forget(record)
      }
    },
    clear() {
      for (const map of [records, recipients, senders, links]) map.clear()
    },
  }
}
