import { fitsRelay, packRecords, relayBatches } from '../chat/batch.ts'
import type { MemberRowId } from '../group/api.ts'

/**
 * Who lacks whose member record (chat §7.5). Nothing is stored for each pair of sender and recipient: jobs reach every
 * recipient in the order of their ids, so a recipient has a sender's record exactly if an earlier job with a message of
 * this sender came after the point from which the recipient knows all senders. That point is its join, or the begin
 * of the history it was given. Moderators and higher are told of every join, and every joiner of them: the order of
 * joins and promotions (`seq`) decides those pairs. What remains ambiguous leads to a record sent twice, never to one
 * that is missing.
 */
export interface SenderRecord {
  readonly member: MemberRowId
  /** The newest job to the whole group before this one with a message of the sender; 0 where there is none. */
  readonly previousJob: number
  readonly joinedSeq: number
  readonly privilegedSeq: number | null
  /** Row of member_records. */
  readonly record: number
}

export interface Recipient {
  readonly member: MemberRowId
  readonly conn: number
  readonly knownFrom: number
  readonly joinedSeq: number
  readonly privilegedSeq: number | null
}

function lacksRecord(sender: SenderRecord, recipient: Recipient): boolean {
  if (sender.member === recipient.member || sender.previousJob > recipient.knownFrom) return false
  if (recipient.privilegedSeq !== null && recipient.privilegedSeq < sender.joinedSeq) return false
  return sender.privilegedSeq === null || sender.privilegedSeq >= recipient.joinedSeq
}

/** A job with everything that its bodies are made of. */
export interface JobContent {
  readonly job: number
  readonly elements: readonly Uint8Array[]
  /** Of each element; 0 where nobody is to be left out. */
  readonly senders: readonly MemberRowId[]
  readonly records: readonly JobRecord[]
}

export interface JobRecord extends SenderRecord {
  readonly element: Uint8Array
  readonly hasImage: boolean
}

/** What one recipient gets of a job: which records, and without its own messages. Equal keys mean equal bodies. */
export interface Share {
  readonly key: string
  /** Indexes of `records`. */
  readonly lacking: readonly number[]
  /** The recipient is a sender of this job. */
  readonly own: MemberRowId | 0
}

const PLAIN: Share = { key: '', lacking: [], own: 0 }

export interface Sharing {
  shareOf(recipient: Recipient): Share
}

/** Sorts out recipients of one job quickly: nearly all of them get the plain body. */
export function sharing(job: Pick<JobContent, 'senders' | 'records'>): Sharing {
  const senders = new Set(job.senders)
  const oldest = job.records.reduce((least, record) => Math.min(least, record.previousJob), Number.POSITIVE_INFINITY)
  return {
    shareOf(recipient) {
      const own = senders.has(recipient.member) ? recipient.member : 0
      if (own === 0 && oldest > recipient.knownFrom) return PLAIN
      const lacking: number[] = []
      for (const [index, record] of job.records.entries()) if (lacksRecord(record, recipient)) lacking.push(index)
      if (own === 0 && lacking.length === 0) return PLAIN
      return { key: `${own}:${lacking.join(',')}`, lacking, own }
    },
  }
}

/** The share without the records that are known for other reasons. */
export function withoutKnown(share: Share, known: (index: number) => boolean): Share {
  const lacking = share.lacking.filter((index) => !known(index))
  if (lacking.length === share.lacking.length) return share
  if (share.own === 0 && lacking.length === 0) return PLAIN
  return { key: `${share.own}:${lacking.join(',')}`, lacking, own: share.own }
}

function elementsOf(job: JobContent, share: Share): readonly Uint8Array[] {
  return share.own === 0 ? job.elements : job.elements.filter((_, index) => job.senders[index] !== share.own)
}

/**
 * The bodies of a share in order; none where everything in the job is the recipient's own. Records go out even where
 * every message of the job has disappeared: later jobs count on them.
 */
export function shareBodies(job: JobContent, share: Share): readonly Uint8Array[] {
  const elements = elementsOf(job, share)
  if (elements.length === 0 && share.lacking.length === 0) return []
  const packed = packRecords(
    share.lacking.map((index) => job.records[index]!),
    elements,
  )
  const extra = packed.extra.map(({ body }) => body)
  return elements.length === 0 && packed.inlined.length === 0 ? extra : [...extra, packed.extended]
}

/** The elements of a share in order, for bodies that join several jobs. */
export function shareElements(job: JobContent, share: Share): readonly Uint8Array[] {
  const elements = elementsOf(job, share)
  return [...share.lacking.map((index) => job.records[index]!.element).filter(fitsRelay), ...elements]
}

/** Bodies of at most 15602 bytes and 255 elements. */
export function joinedBodies(elements: readonly Uint8Array[]): readonly Uint8Array[] {
  return relayBatches(elements)
}
