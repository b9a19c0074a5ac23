import type { Group } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import { newCaches, sendMissed } from './catch-up.ts'
import type { SuperPeerContext } from './context.ts'
import { endConnection } from './ending.ts'
import { enqueue } from './page.ts'
import { advanceJob, finishJob, type Job, jobContent } from './state/jobs.ts'
import { endingPage } from './state/recipients.ts'

/** Recipients in one transaction: some of them may have missed much. */
const MEMBERS = 64

/**
 * One page of the job that ends a group (chat §7.8): everybody who is connected gets what it missed, then the last word,
 * and with it its connection ends. True where it was the last page.
 */
export async function deliverLastPage(context: SuperPeerContext, tx: Tx, group: Group, job: Job): Promise<boolean> {
  const limit = Math.min(context.settings.pageSize, MEMBERS)
  const page = await endingPage(tx, { group: group.id, after: job.cursor, limit })
  const caches = newCaches()
  for (const recipient of page) {
    const behind = recipient.state === 'paused' || recipient.state === 'catching-up'
    if (behind) await sendMissed(context, tx, group, recipient, caches)
  }
  const content = await jobContent(tx, job, context.env.clock.now())
  const delivered = await enqueue(context, tx, group, content, job, page)
  for (const { member, conn } of page) await endConnection(context, tx, member, conn)
  if (page.length === limit) {
    await advanceJob(tx, job.job, page.at(-1)!.member, delivered)
    return false
  }
  await finishJob(tx, job.job, delivered, context.env.clock.now())
  return true
}
