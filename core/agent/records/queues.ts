import type { PrivateKey } from '../../codec/keys.ts'
import type { Tx } from '../../store/database.ts'
import type { ConnId, LinkType } from '../api.ts'

/** Queues of connections: where we receive and where we send. */

export type QueueMode = 'messaging' | 'contact'

export interface RcvQueue {
  readonly conn: ConnId
  readonly router: number
  readonly recipientId: Uint8Array
  readonly senderId: Uint8Array
  /** Authorises recipient commands. */
  readonly key: PrivateKey<'Ed25519'>
  /** Raw agreement with the router. */
  readonly dhSecret: Uint8Array
  /** The private half of the key in the queue's address, and the agreement with the sender once it is known. */
  readonly e2eKey: PrivateKey<'X25519'>
  readonly e2eSecret: Uint8Array | undefined
  readonly mode: QueueMode | undefined
  readonly status: RcvStatus
  readonly clientVersion: number
  readonly link: QueueLink | undefined
  /** Text of the application in the full link. */
  readonly clientData: string | undefined
  readonly lastBrokerId: Uint8Array | undefined
  /** The message handed to the application and not yet acknowledged. */
  readonly heldId: number | undefined
}

export type RcvStatus = 'new' | 'confirmed' | 'secured' | 'active'

/** Credentials of the short link of a queue; `encFixed` is sent again as it is with every LSET (agent §2.9). */
export interface QueueLink {
  readonly type: 'i' | LinkType
  readonly linkId: Uint8Array
  readonly linkKey: Uint8Array
  readonly rootKey: PrivateKey<'Ed25519'>
  readonly encFixed: Uint8Array
}

/** Of the keys that authorise sending. */
export type SenderKeyAlgorithm = 'Ed25519' | 'X25519'

export interface SndQueue {
  readonly conn: ConnId
  readonly router: number
  readonly senderId: Uint8Array
  readonly key: PrivateKey<SenderKeyAlgorithm>
  /** Raw public key that goes into the confirmation, and the agreement with the recipient. */
  readonly e2ePublic: Uint8Array
  readonly e2eSecret: Uint8Array
  readonly mode: QueueMode | undefined
  readonly status: SndStatus
  readonly clientVersion: number
  readonly quotaSince: number | undefined
}

export type SndStatus = 'new' | 'secured' | 'confirmed' | 'active'

export async function insertRcvQueue(
  tx: Tx,
  queue: Omit<RcvQueue, 'e2eSecret' | 'lastBrokerId' | 'heldId'>,
): Promise<void> {
  await tx.query
    .insertInto('rcv_queues')
    .values({
      conn: queue.conn,
      router: queue.router,
      rcv_id: queue.recipientId,
      snd_id: queue.senderId,
      rcv_key: queue.key.raw,
      dh_secret: queue.dhSecret,
      e2e_key: queue.e2eKey.raw,
      e2e_secret: null,
      mode: queue.mode ?? null,
      status: queue.status,
      client_version: queue.clientVersion,
      link_type: queue.link?.type ?? null,
      link_id: queue.link?.linkId ?? null,
      link_key: queue.link?.linkKey ?? null,
      link_root_key: queue.link?.rootKey.raw ?? null,
      link_fixed: queue.link?.encFixed ?? null,
      client_data: queue.clientData ?? null,
      last_broker_id: null,
      held_id: null,
    })
    .execute()
}

export async function loadRcvQueue(tx: Tx, conn: ConnId): Promise<RcvQueue | undefined> {
  const row = await tx.query.selectFrom('rcv_queues').selectAll().where('conn', '=', conn).executeTakeFirst()
  if (row === undefined) return undefined
  const { link_type, link_id, link_key, link_root_key, link_fixed } = row
  return {
    conn: row.conn,
    router: row.router,
    recipientId: row.rcv_id,
    senderId: row.snd_id,
    key: { algorithm: 'Ed25519', raw: row.rcv_key },
    dhSecret: row.dh_secret,
    e2eKey: { algorithm: 'X25519', raw: row.e2e_key },
    e2eSecret: row.e2e_secret ?? undefined,
    mode: row.mode ?? undefined,
    status: row.status,
    clientVersion: row.client_version,
    link:
      link_type && link_id && link_key && link_root_key && link_fixed
        ? {
            type: link_type,
            linkId: link_id,
            linkKey: link_key,
            rootKey: { algorithm: 'Ed25519', raw: link_root_key },
            encFixed: link_fixed,
          }
        : undefined,
    clientData: row.client_data ?? undefined,
    lastBrokerId: row.last_broker_id ?? undefined,
    heldId: row.held_id ?? undefined,
  }
}

export async function setRcvStatus(tx: Tx, conn: ConnId, status: RcvStatus): Promise<void> {
  await tx.run('UPDATE rcv_queues SET status = ? WHERE conn = ? AND status <> ?', status, conn, status)
}

/** The queue's first confirmation: from now on its messages are encrypted with this agreement. */
export async function confirmRcvQueue(tx: Tx, conn: ConnId, e2eSecret: Uint8Array): Promise<void> {
  await tx.query
    .updateTable('rcv_queues')
    .set({ e2e_secret: e2eSecret, status: 'confirmed' })
    .where('conn', '=', conn)
    .execute()
}

/** What was received last; `held` where the application will acknowledge it. */
export async function setReceived(tx: Tx, conn: ConnId, brokerId: Uint8Array, held: number | null): Promise<void> {
  await tx.run('UPDATE rcv_queues SET last_broker_id = ?, held_id = ? WHERE conn = ?', brokerId, held, conn)
}

export async function insertSndQueue(tx: Tx, queue: Omit<SndQueue, 'quotaSince'>): Promise<void> {
  await tx.query
    .insertInto('snd_queues')
    .values({
      conn: queue.conn,
      router: queue.router,
      snd_id: queue.senderId,
      key_algorithm: queue.key.algorithm,
      snd_key: queue.key.raw,
      e2e_public: queue.e2ePublic,
      e2e_secret: queue.e2eSecret,
      mode: queue.mode ?? null,
      status: queue.status,
      client_version: queue.clientVersion,
      quota_since: null,
    })
    .execute()
}

export async function loadSndQueue(tx: Tx, conn: ConnId): Promise<SndQueue | undefined> {
  const row = await tx.query.selectFrom('snd_queues').selectAll().where('conn', '=', conn).executeTakeFirst()
  return (
    row && {
      conn: row.conn,
      router: row.router,
      senderId: row.snd_id,
      key: { algorithm: row.key_algorithm, raw: row.snd_key },
      e2ePublic: row.e2e_public,
      e2eSecret: row.e2e_secret,
      mode: row.mode ?? undefined,
      status: row.status,
      clientVersion: row.client_version,
      quotaSince: row.quota_since ?? undefined,
    }
  )
}

/** Whose sending queue this is. */
export async function findSndQueue(tx: Tx, router: number, senderId: Uint8Array): Promise<ConnId | undefined> {
  const row = await tx.get<{ conn: ConnId }>(
    'SELECT conn FROM snd_queues WHERE router = ? AND snd_id = ?',
    router,
    senderId,
  )
  return row?.conn
}

export async function setSndStatus(tx: Tx, conn: ConnId, status: SndStatus): Promise<void> {
  await tx.run('UPDATE snd_queues SET status = ? WHERE conn = ?', status, conn)
}

/** The peer's queue is full since `time`, or has room again. */
export async function setQuota(tx: Tx, conn: ConnId, since: number | null): Promise<void> {
  await tx.run('UPDATE snd_queues SET quota_since = ? WHERE conn = ?', since, conn)
}
