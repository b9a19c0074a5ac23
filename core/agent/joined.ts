import { fromUtf8 } from '../codec/bytes.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import type { AgentContext } from './context.ts'
import { parseLink } from './links/parse-link.ts'
import { restoreShortLink } from './links/short-link.ts'
import { findSndQueue } from './records/queues.ts'

/**
 * The connection that joins through this link, or has joined through it where it is a one-time invitation: for whoever
 * does not know whether an earlier attempt was made. Errors: codec where it is no link.
 */
export async function joined(context: AgentContext, tx: Tx, link: string): Promise<ConnId | undefined> {
  const waiting = await joining(tx, link)
  if (waiting !== undefined) return waiting
  const queue = await invitationQueue(context, tx, link)
  const conn = queue && (await findSndQueue(tx, queue.router, queue.senderId))
  return conn === undefined || !(await isConfirmed(tx, conn)) ? undefined : conn
}

async function joining(tx: Tx, link: string): Promise<ConnId | undefined> {
  const rows = await tx.query.selectFrom('commands').select(['conn', 'arguments']).where('kind', '=', 'join').execute()
  return rows.find((row) => (JSON.parse(fromUtf8(row.arguments) ?? '{}') as { link?: string }).link === link)?.conn
}

interface KnownQueue {
  readonly router: number
  readonly senderId: Uint8Array
}

/** The queue of a one-time invitation, as far as it is known without asking the router. */
async function invitationQueue(context: AgentContext, tx: Tx, text: string): Promise<KnownQueue | undefined> {
  const parsed = parseLink(text)
  if (parsed.form === 'full' && parsed.request.mode === 'invitation') {
    const [{ router, senderId }] = parsed.request.queues
    return { router: await context.records.idOf(tx, router), senderId }
  }
  if (parsed.form !== 'short') return undefined
  const link = restoreShortLink(parsed.link, context.settings.presets)
  if (link.type !== 'i') return undefined
  const router = await context.records.idOf(tx, link.router)
  const row = await tx.query
    .selectFrom('invitation_links')
    .select('snd_id')
    .where('router', '=', router)
    .where('link_id', '=', link.linkId)
    .executeTakeFirst()
  return row?.snd_id == null ? undefined : { router, senderId: row.snd_id }
}

/** An attempt that failed before has sent nothing. */
async function isConfirmed(tx: Tx, conn: ConnId): Promise<boolean> {
  const row = await tx.get(
    'SELECT 1 FROM ratchets r JOIN connections c ON c.conn = r.conn WHERE r.conn = ? AND last_snd_id > 0 AND deleted = 0',
    conn,
  )
  return row !== undefined
}
