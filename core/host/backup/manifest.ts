import { z } from 'zod'
import { fromUtf8, utf8 } from '../../codec/bytes.ts'
import { damaged } from './failure.ts'

/** What is in a backup, said at its beginning. It is encrypted like everything else. */
export interface Manifest {
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Version of the program that wrote it. */
  readonly program: string
  /** False: pictures in messages are left out. */
  readonly media: boolean
  readonly content: BackupContent
  /** In the order in which they follow. */
  readonly entries: readonly ManifestEntry[]
}

/** Without the list of files. */
export type BackupSummary = Omit<Manifest, 'entries'>

export interface ManifestEntry {
  /** Path in the folder of a host, with `/`. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** SHA-256 in hex. */
  readonly hash: string
}

/** What the database holds, as found by looking into it. */
export interface BackupContent {
  readonly schema: number
  readonly profiles: readonly string[]
  readonly groups: readonly BackedUpGroup[]
  readonly members: number
  readonly messages: number
  readonly connections: number
}

export interface BackedUpGroup {
  readonly name: string
  readonly part: 'owner' | 'member' | 'super-peer'
  readonly status: string
  /** base64url; the SHA-256 of the public root key. */
  readonly publicGroupId: string | null
  /** The private root key is there and belongs to this group. */
  readonly controls: boolean
  readonly messages: number
}

const name = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)?$/)
const count = z.number().int().nonnegative()

const schema = z.object({
  createdAt: count,
  program: z.string().max(100),
  media: z.boolean(),
  content: z.object({
    schema: count,
    profiles: z.array(z.string()),
    groups: z.array(
      z.object({
        name: z.string(),
        part: z.enum(['owner', 'member', 'super-peer']),
        status: z.string().max(100),
        publicGroupId: z.string().max(100).nullable(),
        controls: z.boolean(),
        messages: count,
      }),
    ),
    members: count,
    messages: count,
    connections: count,
  }),
  entries: z
    .array(z.object({ name, size: count, hash: z.string().regex(/^[0-9a-f]{64}$/) }))
    .min(1)
    .max(100),
})

export function summaryOf({ entries: _, ...summary }: Manifest): BackupSummary {
  return summary
}

/** A host with 100,000 groups still fits. */
export const LARGEST_MANIFEST = 64 * 1024 * 1024

export function encodeManifest(manifest: Manifest): Uint8Array {
  return utf8(JSON.stringify(manifest))
}

/** Errors: store `backup-damaged`. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  let value: unknown
  try {
    value = JSON.parse(fromUtf8(bytes) ?? '')
  } catch {
    throw damaged('its list of contents cannot be read')
  }
  const result = schema.safeParse(value)
  if (!result.success) throw damaged('its list of contents makes no sense')
  const names = result.data.entries.map((entry) => entry.name)
  if (new Set(names).size !== names.length) throw damaged('its list of contents names a file twice')
  return result.data
}
