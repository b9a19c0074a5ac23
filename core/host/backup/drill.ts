import type { LinkContent } from '../../agent/api.ts'
import { equal } from '../../codec/bytes.ts'
import { asHearthError } from '../../codec/error.ts'
import { publicKeyOf } from '../../crypto/keypair.ts'
import type { DrilledGroup, DrillResult } from '../contract/backup.ts'
import { type DatabaseCopy, openCopy } from './copy.ts'
import { summaryOf } from './manifest.ts'
import type { Unlock } from './read.ts'
import { lookInto, type Spill } from './verify.ts'

/** Reads and verifies link data, as `Agent.readLink` does. */
export type ReadLink = (link: string) => Promise<LinkContent>

export interface Drill {
  readonly path: string
  readonly unlock: Unlock
  readonly spill: Spill
  readonly readLink: ReadLink
}

interface OwnGroup {
  readonly name: string
  readonly link: string
  readonly publicGroupId: Uint8Array | null
  readonly rootPrivate: Uint8Array | null
}

/**
 * What a backup could bring back today: the whole file is checked, and the keys in it are compared with the links of own
 * groups as they are now. Nothing is subscribed to and nothing written. Errors: those of `checkBackup`.
 */
export async function drill({ path, unlock, spill, readLink }: Drill): Promise<DrillResult> {
  const { manifest, found } = await lookInto(path, unlock, spill, ownGroups)
  return { summary: summaryOf(manifest), groups: await Promise.all(found.map((group) => drillGroup(group, readLink))) }
}

async function drillGroup(
  { name, link, publicGroupId, rootPrivate }: OwnGroup,
  readLink: ReadLink,
): Promise<DrilledGroup> {
  if (rootPrivate === null || publicGroupId === null) return { name, result: 'keyless', error: undefined }
  try {
    const live = await readLink(link)
    const root = publicKeyOf({ algorithm: 'Ed25519', raw: rootPrivate })
    const controlled =
      equal(root.raw, live.rootKey.raw) && live.entityId !== undefined && equal(live.entityId, publicGroupId)
    return { name, result: controlled ? 'controlled' : 'keyless', error: undefined }
  } catch (error) {
    const failure = asHearthError(error, 'network', 'link')
    if (failure.kind === 'router' && failure.code === 'AUTH') return { name, result: 'gone', error: undefined }
    return { name, result: 'unknown', error: failure.message }
  }
}

function ownGroups(database: DatabaseCopy): OwnGroup[] {
  const db = openCopy(database)
  try {
    return db
      .prepare<
        [],
        { group_profile: string; link: string; public_group_id: Buffer | null; root_private: Buffer | null }
      >(
        `SELECT group_profile, link, public_group_id, root_private FROM groups
         WHERE part = 'owner' AND status IN ('ready', 'active') ORDER BY group_id`,
      )
      .all()
      .map((row) => ({
        name: String((JSON.parse(row.group_profile) as { displayName?: unknown }).displayName ?? ''),
        link: row.link,
        publicGroupId: row.public_group_id,
        rootPrivate: row.root_private,
      }))
  } finally {
    db.close()
  }
}
