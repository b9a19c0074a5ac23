import { equal } from '../../codec/bytes.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId, MemberRowId } from '../api.ts'
import type { EventRow } from '../state/messages.ts'
import type { ReceiveContext } from './context.ts'

export interface Copy {
  readonly group: GroupId
  readonly sharedMsgId: Uint8Array
  readonly relay: MemberRowId
  readonly digest: Uint8Array
  readonly now: number
}

/** Who delivered what (chat §9.5). */
export async function recordCopy(tx: Tx, copy: Copy): Promise<void> {
  await tx.run(
    `INSERT INTO chat_copies (group_id, shared_msg_id, relay, digest, received_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    copy.group,
    copy.sharedMsgId,
    copy.relay,
    copy.digest,
    copy.now,
  )
}

/** A later copy: the first one stays, a difference is remembered and told once. */
export async function compareCopy(context: ReceiveContext, tx: Tx, first: EventRow, copy: Copy): Promise<void> {
  await recordCopy(tx, copy)
  if (first.digest === null || first.copies_differ === 1 || equal(first.digest, copy.digest)) return
  await tx.run(
    'UPDATE chat_events SET copies_differ = 1 WHERE group_id = ? AND shared_msg_id = ?',
    copy.group,
    copy.sharedMsgId,
  )
  context.notify(tx, {
    type: 'refused',
    group: copy.group,
    member: copy.relay,
    event: first.event,
    reason: 'copies-differ',
  })
  if (first.message !== null) {
    context.notify(tx, { type: 'message', group: copy.group, message: first.message, change: 'updated' })
  }
}
