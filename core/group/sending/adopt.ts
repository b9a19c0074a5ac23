import type { Tx } from '../../store/database.ts'
import type { GroupContext } from '../context.ts'
import type { Relay } from '../state/relays.ts'

/** Own bodies that were not meant for a super-peer, and go through it nevertheless: they wait for it from now on. */
export async function adopt(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  await adoptOrphans(context, tx, relay)
  await adoptRecent(context, tx, relay)
  await adoptLost(context, tx, relay)
}

/** What no super-peer has taken nor will: those that it was meant for are gone. */
async function adoptOrphans(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  const now = context.env.clock.now()
  await tx.run(
    `INSERT INTO chat_deliveries (send, relay, state, at)
     SELECT s.send, ?, 'waiting', ? FROM chat_sends s
     WHERE s.group_id = ? AND length(s.element) > 0 AND s.created_at >= ?
       AND NOT EXISTS (SELECT 1 FROM chat_deliveries d WHERE d.send = s.send AND d.state != 'failed')
     ORDER BY s.send DESC LIMIT ?
     ON CONFLICT (send, relay) DO UPDATE SET state = 'waiting', agent_message = NULL, at = excluded.at`,
    relay.member.id,
    now,
    relay.member.group,
    now - context.settings.maxWaitingAge,
    context.settings.maxWaiting,
  )
}

/** What is said in conversations. Whatever else a super-peer has to know it is told when it connects. */
const CONTENT = "('x.msg.new', 'x.msg.update', 'x.msg.del', 'x.msg.react', 'x.msg.file.descr', 'x.file.cancel')"
/** What was said so recently may be on its way to others; to them, two super-peers must not make a gap in it. */
const RECENT = 3_600_000
/** How long a super-peer may hold what it took until somebody takes it out (chat §7.8). */
const MAY_BE_HELD = 24 * RECENT

/** A new super-peer gets what was said shortly before we knew it: others sort out the copies by their ids (chat §5.7). */
async function adoptRecent(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  await adoptContent(
    context,
    tx,
    relay,
    RECENT,
    'NOT EXISTS (SELECT 1 FROM chat_deliveries d WHERE d.send = s.send AND d.relay = ?)',
    relay.member.id,
  )
}

/**
 * Nobody tells us whether a super-peer passed on what it took. What nobody has taken but those that are gone is said
 * again through one that is there.
 */
async function adoptLost(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  await adoptContent(
    context,
    tx,
    relay,
    MAY_BE_HELD,
    `NOT EXISTS (SELECT 1 FROM chat_deliveries d JOIN group_relays r ON r.member = d.relay
       WHERE d.send = s.send AND d.state != 'failed' AND r.status NOT IN ('inactive', 'rejected', 'failed'))`,
  )
}

async function adoptContent(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  age: number,
  condition: string,
  ...parameters: readonly number[]
): Promise<void> {
  const now = context.env.clock.now()
  await tx.run(
    `INSERT INTO chat_deliveries (send, relay, state, at)
     SELECT s.send, ?, 'waiting', ? FROM chat_sends s
     WHERE s.group_id = ? AND s.created_at >= ? AND s.event IN ${CONTENT} AND length(s.element) > 0 AND ${condition}
     ORDER BY s.send DESC LIMIT ?
     ON CONFLICT (send, relay) DO UPDATE SET state = 'waiting', agent_message = NULL, at = excluded.at`,
    relay.member.id,
    now,
    relay.member.group,
    now - age,
    ...parameters,
    context.settings.maxWaiting,
  )
}

/** Own bodies that nobody needs any more: everybody has them whom they were for, and they are old. */
export async function forgetSends(tx: Tx, now: number): Promise<void> {
  const settled = `NOT EXISTS (SELECT 1 FROM chat_deliveries d WHERE d.send = chat_sends.send AND d.state IN ('waiting', 'queued'))
    AND EXISTS (SELECT 1 FROM chat_deliveries d WHERE d.send = chat_sends.send AND d.state = 'taken')`
  const shown = "event = 'x.msg.new' AND message IS NOT NULL"
  const before = now - MAY_BE_HELD
  await tx.run(
    `UPDATE chat_sends SET element = x'' WHERE created_at < ? AND length(element) > 0 AND ${shown} AND ${settled}`,
    before,
  )
  await tx.run(`DELETE FROM chat_sends WHERE created_at < ? AND NOT (${shown}) AND ${settled}`, before)
}
