import { oc } from '@orpc/contract'
import { z } from 'zod'

/** What every procedure of the local API has. */

export const none = z.object({}).optional()

/** A HearthError: `data` has its kind, code and whether the same step may succeed later. */
export const api = oc.errors({
  HEARTH: {
    status: 422,
    data: z.object({ kind: z.string(), code: z.string(), temporary: z.boolean() }),
  },
})
