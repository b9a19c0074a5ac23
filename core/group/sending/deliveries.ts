import type { DeliveryView } from '../../chat/state/shown.ts'
import type { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { DeliveryState } from '../../store/schema/chat.ts'
import type { GroupId, MemberRowId, MessageRowId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { failureOf } from '../failure.ts'
import { isServing, type Relay, relaysOf } from '../state/relays.ts'
import { adopt } from './adopt.ts'

/**
 * Own bodies on their way to super-peers. Every super-peer gets the same bytes once; one that is not connected gets
 * them when it is, in order, and receivers de-duplicate (chat §5.7).
 */
export interface OwnBody {
  readonly group: GroupId
  readonly sharedMsgId: Uint8Array
  readonly message?: MessageRowId | undefined
  readonly event: string
  readonly body: Uint8Array
  readonly notify: boolean
}

export interface DeliveryOptions {
  /** Only to these. */
  readonly to?: readonly MemberRowId[]
  /** False: those that are not connected do without. Default true. */
  readonly wait?: boolean
}

export async function deliverBody(
  context: GroupContext,
  tx: Tx,
  own: OwnBody,
  options: DeliveryOptions = {},
): Promise<void> {
  const relays = (await relaysOf(tx, own.group)).filter(
    ({ member, row }) => isServing(row.status) && (options.to === undefined || options.to.includes(member.id)),
  )
  const wanted = relays.filter(({ row }) => row.ready === 1 || options.wait !== false)
  if (wanted.length === 0 && options.wait === false) return
  const now = context.env.clock.now()
  const inserted = await tx.get<{ send: number }>(
    `INSERT INTO chat_sends (group_id, shared_msg_id, message, event, element, notify, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING send`,
    own.group,
    own.sharedMsgId,
    own.message ?? null,
    own.event,
    own.body,
    own.notify ? 1 : 0,
    now,
  )
  const send = inserted!.send
  const stored = wanted.some(({ row }) => row.ready === 1) ? await context.agent.storeBody(tx, own.body) : undefined
  for (const relay of wanted) {
    if (relay.row.ready === 1 && stored !== undefined) {
      const { state, message } = await hand(context, tx, relay, stored, own.notify)
      await insertDelivery(tx, send, relay.member.id, state, message, now)
    } else {
      await limitWaiting(context, tx, relay.member.id)
      await insertDelivery(tx, send, relay.member.id, 'waiting', undefined, now)
    }
  }
}

async function insertDelivery(
  tx: Tx,
  send: number,
  relay: MemberRowId,
  state: DeliveryState,
  message: number | undefined,
  now: number,
): Promise<void> {
  await tx.run(
    'INSERT INTO chat_deliveries (send, relay, state, agent_message, at) VALUES (?, ?, ?, ?, ?)',
    send,
    relay,
    state,
    message ?? null,
    now,
  )
}

async function hand(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  body: number | Uint8Array,
  notify: boolean,
): Promise<{ readonly state: DeliveryState; readonly message: number | undefined }> {
  try {
    const message = await context.agent.send(tx, relay.member.conn!, body, { notify, report: true })
    return { state: 'queued', message }
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind !== 'usage') throw error
    context.env.log.warn('group.send', { group: relay.member.group, code: failure.code })
    return { state: 'failed', message: undefined }
  }
}

/** The oldest gives way where too much waits for one super-peer. */
async function limitWaiting(context: GroupContext, tx: Tx, relay: MemberRowId): Promise<void> {
  const waiting = await tx.get<{ n: number; oldest: number | null }>(
    "SELECT count(*) AS n, min(send) AS oldest FROM chat_deliveries WHERE relay = ? AND state = 'waiting'",
    relay,
  )
  if (waiting!.n < context.settings.maxWaiting || waiting!.oldest === null) return
  await settle(context, tx, waiting!.oldest, relay, 'failed')
}

/**
 * The super-peer is connected: what waited for it goes out, in order, together with what it should have as well.
 */
export async function flushWaiting(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  await adopt(context, tx, relay)
  const rows = await tx.all<{ send: number; element: Uint8Array; notify: number; created_at: number }>(
    `SELECT s.send, s.element, s.notify, s.created_at FROM chat_deliveries d JOIN chat_sends s ON s.send = d.send
     WHERE d.relay = ? AND d.state = 'waiting' ORDER BY s.send`,
    relay.member.id,
  )
  const oldest = context.env.clock.now() - context.settings.maxWaitingAge
  for (const row of rows) {
    if (row.created_at < oldest) {
      await settle(context, tx, row.send, relay.member.id, 'failed')
      continue
    }
    const { state, message } = await hand(context, tx, relay, row.element, row.notify === 1)
    await tx.run(
      'UPDATE chat_deliveries SET state = ?, agent_message = ?, at = ? WHERE send = ? AND relay = ?',
      state,
      message ?? null,
      context.env.clock.now(),
      row.send,
      relay.member.id,
    )
  }
}

/** A super-peer is gone: what it alone took, or was meant to take, goes through another one, if one is connected. */
export async function rescueOrphans(context: GroupContext, tx: Tx, group: GroupId): Promise<void> {
  const connected = (await relaysOf(tx, group)).find(({ row }) => row.ready === 1 && isServing(row.status))
  if (connected !== undefined) await flushWaiting(context, tx, connected)
}

/** Its connection broke for good: what it did not take waits for the next one. */
export async function keepForLater(tx: Tx, relay: MemberRowId, failedMessage?: number): Promise<void> {
  await tx.run(
    `UPDATE chat_deliveries SET state = 'waiting', agent_message = NULL
     WHERE relay = ? AND (state = 'queued' OR agent_message = ?)`,
    relay,
    failedMessage ?? null,
  )
}

/** The agent says what became of a message. */
export async function deliveryEnded(
  context: GroupContext,
  tx: Tx,
  relay: MemberRowId,
  agentMessage: number,
  error?: HearthError,
): Promise<void> {
  const row = await tx.get<{ send: number }>(
    'SELECT send FROM chat_deliveries WHERE relay = ? AND agent_message = ?',
    relay,
    agentMessage,
  )
  if (row === undefined) return
  await settle(context, tx, row.send, relay, error === undefined ? 'taken' : 'failed')
}

async function settle(
  context: GroupContext,
  tx: Tx,
  send: number,
  relay: MemberRowId,
  state: 'taken' | 'failed',
): Promise<void> {
  await tx.run(
    'UPDATE chat_deliveries SET state = ?, agent_message = NULL, at = ? WHERE send = ? AND relay = ?',
    state,
    context.env.clock.now(),
    send,
    relay,
  )
  await afterDelivery(context, tx, send)
}

/** Tells how far a message is. */
async function afterDelivery(context: GroupContext, tx: Tx, send: number): Promise<void> {
  const row = await tx.get<{ group_id: number; message: number | null; event: string }>(
    'SELECT group_id, message, event FROM chat_sends WHERE send = ?',
    send,
  )
  if (row === undefined || row.message === null || row.event !== 'x.msg.new') return
  const delivery = await deliveryView(tx, row.message)
  context.notify(tx, { type: 'message-state', group: row.group_id, message: row.message, delivery })
}

/** Own events that cannot be sent any more, since the group is over. */
export async function dropSends(tx: Tx, group: GroupId): Promise<void> {
  await tx.run('DELETE FROM chat_sends WHERE group_id = ? AND message IS NULL', group)
  await tx.run("UPDATE chat_sends SET element = x'' WHERE group_id = ?", group)
}

/** Nothing goes to this super-peer any more; with `afterDelivery` what the agent holds still does. */
export async function dropDeliveries(
  context: GroupContext,
  tx: Tx,
  relay: MemberRowId,
  options: { readonly afterDelivery?: boolean } = {},
): Promise<void> {
  const states = options.afterDelivery === true ? "('waiting')" : "('waiting', 'queued')"
  const rows = await tx.all<{ send: number }>(
    `SELECT send FROM chat_deliveries WHERE relay = ? AND state IN ${states}`,
    relay,
  )
  await tx.run(`DELETE FROM chat_deliveries WHERE relay = ? AND state IN ${states}`, relay)
  for (const { send } of rows) await afterDelivery(context, tx, send)
}

/** Of an own message; `total` is 0 while there is no super-peer at all. */
export async function deliveryView(tx: Tx, message: MessageRowId): Promise<DeliveryView> {
  const rows = await tx.all<{ state: DeliveryState; n: number }>(
    `SELECT d.state, count(*) AS n FROM chat_sends s JOIN chat_deliveries d ON d.send = s.send
     WHERE s.message = ? AND s.event = 'x.msg.new' GROUP BY d.state`,
    message,
  )
  const count = (state: DeliveryState) => rows.find((row) => row.state === state)?.n ?? 0
  return {
    total: rows.reduce((sum, row) => sum + row.n, 0),
    taken: count('taken'),
    waiting: count('waiting'),
    failed: count('failed'),
  }
}
