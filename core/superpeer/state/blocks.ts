import type { Selectable } from 'kysely'
import { parseShortLink } from '../../agent/links/short-link.ts'
import { utf8 } from '../../codec/bytes.ts'
import { unlessMalformed } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { ServingBlocksTable } from '../../store/schema/superpeer.ts'
import type { BlockedGroup } from '../api.ts'

type BlockRow = Selectable<ServingBlocksTable>

/** What two texts of one link have in common; a text that is no link stands for itself. */
function blockKey(link: string): Uint8Array {
  return unlessMalformed(() => parseShortLink(link).linkKey) ?? utf8(link)
}

export function sameBlock(a: string, b: string): boolean {
  return Buffer.compare(blockKey(a), blockKey(b)) === 0
}

export async function insertBlock(
  tx: Tx,
  values: Pick<BlockRow, 'link' | 'name' | 'image' | 'owner' | 'created_at'>,
): Promise<void> {
  await tx.run(
    `INSERT INTO serving_blocks (link_key, link, name, image, owner, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (link_key) DO NOTHING`,
    blockKey(values.link),
    values.link,
    values.name,
    values.image,
    values.owner,
    values.created_at,
  )
}

/** Counts one more invitation that is refused; false where the group is not blocked. */
export async function countBlocked(tx: Tx, link: string, now: number): Promise<boolean> {
  const changed = await tx.run(
    'UPDATE serving_blocks SET refused = refused + 1, last_at = ? WHERE link_key = ?',
    now,
    blockKey(link),
  )
  return changed > 0
}

/** False where there is no such block. */
export async function deleteBlock(tx: Tx, id: number): Promise<boolean> {
  return (await tx.run('DELETE FROM serving_blocks WHERE serving_block = ?', id)) > 0
}

/** The newest first. */
export async function allBlocks(tx: Tx): Promise<BlockedGroup[]> {
  const rows = await tx.all<BlockRow>('SELECT * FROM serving_blocks ORDER BY serving_block DESC')
  return rows.map((row) => ({
    id: row.serving_block,
    groupLink: row.link,
    groupName: row.name ?? undefined,
    groupImage: row.image ?? undefined,
    owner: row.owner,
    refused: row.refused,
    lastAt: row.last_at ?? undefined,
    since: row.created_at,
  }))
}
