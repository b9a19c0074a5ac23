import { expect, test } from 'vitest'
import { HearthError } from '../../../core/codec/error.ts'
import { type JobContent, type Recipient, shareBodies, sharing } from '../../../core/superpeer/accounting.ts'
import { rateLimit } from '../../../core/superpeer/limits.ts'
import { afterFailure } from '../../../core/superpeer/requests.ts'
import { virtualTime } from './virtual.ts'

const record = (
  member: number,
  previousJob: number,
  rest: { joinedSeq?: number; privilegedSeq?: number | null } = {},
) => ({
  member,
  previousJob,
  joinedSeq: rest.joinedSeq ?? 1,
  privilegedSeq: rest.privilegedSeq ?? null,
  record: member,
  element: new Uint8Array([0x7b, member]),
  hasImage: false,
})
const job: JobContent = {
  job: 20,
  elements: [1, 2, 1].map((sender) => new Uint8Array([0x3e, sender])),
  senders: [1, 2, 1],
  records: [record(1, 10), record(2, 15)],
}
const recipient = (rest: Partial<Recipient>): Recipient => ({
  member: 9,
  conn: 9,
  knownFrom: 0,
  joinedSeq: 5,
  privilegedSeq: null,
  ...rest,
})

test('a recipient lacks the records of those who have not written since it knows all', () => {
  const shares = sharing(job)
  expect(shares.shareOf(recipient({ knownFrom: 9 })).lacking).toEqual([])
  expect(shares.shareOf(recipient({ knownFrom: 10 })).lacking).toEqual([0])
  expect(shares.shareOf(recipient({ knownFrom: 15 })).lacking).toEqual([0, 1])
})

test('moderators know those who joined after them, and joiners those who were moderators before', () => {
  const shares = sharing({ ...job, records: [record(1, 0, { joinedSeq: 7 }), record(2, 0, { privilegedSeq: 3 })] })
  expect(shares.shareOf(recipient({ privilegedSeq: 6 })).lacking).toEqual([])
  expect(shares.shareOf(recipient({ privilegedSeq: 8 })).lacking).toEqual([0])
  expect(shares.shareOf(recipient({ joinedSeq: 2 })).lacking).toEqual([0, 1])
})

test('a sender gets the messages of the others only, and nothing where there are none', () => {
  const shares = sharing(job)
  const bodies = shareBodies(job, shares.shareOf(recipient({ member: 1 })))
  expect(bodies).toEqual([new Uint8Array([0x3d, 1, 0, 2, 0x3e, 2])])
  const alone: JobContent = { ...job, elements: job.elements.slice(0, 1), senders: [1] }
  expect(shareBodies(alone, sharing(alone).shareOf(recipient({ member: 1 })))).toEqual([])
})

test('a bucket lets a burst pass, then as much as the rate, and forgets the quiet', async () => {
  const time = virtualTime()
  const rate = rateLimit(time.clock, { memberRate: 60, memberBurst: 3 })
  expect([1, 1, 1].map((count) => rate.take(1, count))).toEqual([0, 0, 0])
  expect(rate.take(1, 1)).toBe(1000)
  expect(rate.take(2, 1)).toBe(0)
  await time.pass(2000)
  expect(rate.take(1, 1)).toBe(0)
  await time.pass(60_000)
  rate.sweep()
  expect(rate.take(1, 3)).toBe(0)
})

test('an invitation is tried again with growing delay, and given up after ten attempts and a day', () => {
  const down = new HearthError('network', 'down', 'down', true)
  const row = { state: 'accepted' as const, attempts: 0, retry_delay: null, created_at: 0 }
  expect(afterFailure(row, down, 100)).toEqual({ state: 'accepted', retryAt: 5100, delay: 5000 })
  expect(afterFailure({ ...row, attempts: 1, retry_delay: 5000 }, down, 0).delay).toBe(7500)
  expect(afterFailure({ ...row, attempts: 50, retry_delay: 500_000 }, down, 1000).delay).toBe(600_000)
  expect(afterFailure({ ...row, attempts: 9, retry_delay: 1 }, down, 86_400_000).state).toBe('failed')
  expect(afterFailure(row, new HearthError('protocol', 'link'), 0).state).toBe('failed')
})
