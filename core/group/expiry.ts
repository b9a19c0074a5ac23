import { EXPIRY_CHECK, EXPIRY_ROWS } from '../chat/state/expiry.ts'
import type { GroupContext } from './context.ts'
import { nextExpiry, removeExpired } from './state/expiry.ts'

/** The step of `expiry`: removes what is due and returns when to come back. */
export async function expiryStep(context: GroupContext): Promise<number> {
  return context.store.write(async (tx) => {
    const now = context.env.clock.now()
    for (const { message, group } of await removeExpired(tx, 'people', now, EXPIRY_ROWS)) {
      context.notify(tx, { type: 'message', group, message, change: 'deleted' })
    }
    return Math.min((await nextExpiry(tx)) ?? Number.POSITIVE_INFINITY, now + EXPIRY_CHECK)
  })
}
