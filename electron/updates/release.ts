import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Written at packaging: where updates lie and the key that signs them. */
const schema = z.object({
  url: z.url({ protocol: /^https$/ }),
  /** Ed25519, SubjectPublicKeyInfo, base64. */
  publicKey: z.base64().min(40).max(200),
})

export type ReleaseSource = z.output<typeof schema>

/** Undefined where this build does not update itself: the source tree, a distribution's package. */
export function readReleaseSource(path: string): ReleaseSource | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}
