import { publicKeyOf } from '../../crypto/keypair.ts'
import type { Tx } from '../../store/database.ts'
import type { RatchetState, SkippedChanges, SkippedKey, X448Pair } from '../ratchet/state.ts'
import type { X3dhKeys } from '../ratchet/x3dh.ts'

/** Ratchets, skipped keys and the keys behind links. */

export interface RatchetRow {
  readonly version: number
  readonly max_version: number
  readonly ad: Uint8Array
  readonly dh_private: Uint8Array
  readonly dh_public: Uint8Array
  readonly root_key: Uint8Array
  readonly send_peer_key: Uint8Array | null
  readonly send_chain_key: Uint8Array | null
  readonly send_header_key: Uint8Array | null
  readonly receive_chain_key: Uint8Array | null
  readonly receive_header_key: Uint8Array | null
  readonly send_count: number
  readonly receive_count: number
  readonly previous_send_count: number
  readonly next_send_header_key: Uint8Array
  readonly next_receive_header_key: Uint8Array
}

/** The columns of RatchetRow, for joined hot-path queries. */
export const RATCHET_COLUMNS =
  'r.version, r.max_version, r.ad, r.dh_private, r.dh_public, r.root_key, r.send_peer_key, r.send_chain_key, ' +
  'r.send_header_key, r.receive_chain_key, r.receive_header_key, r.send_count, r.receive_count, ' +
  'r.previous_send_count, r.next_send_header_key, r.next_receive_header_key'

export function ratchetState(row: RatchetRow): RatchetState {
  const { send_peer_key, send_chain_key, send_header_key, receive_chain_key, receive_header_key } = row
  return {
    version: row.version,
    maxVersion: row.max_version,
    ad: row.ad,
    dhPrivate: row.dh_private,
    dhPublic: row.dh_public,
    kem: undefined,
    supportKem: false,
    enableKem: false,
    sendKem: false,
    receiveKem: false,
    rootKey: row.root_key,
    send:
      send_peer_key && send_chain_key && send_header_key
        ? { peerKey: send_peer_key, chainKey: send_chain_key, headerKey: send_header_key }
        : undefined,
    receive:
      receive_chain_key && receive_header_key
        ? { chainKey: receive_chain_key, headerKey: receive_header_key }
        : undefined,
    sendCount: row.send_count,
    receiveCount: row.receive_count,
    previousSendCount: row.previous_send_count,
    nextSendHeaderKey: row.next_send_header_key,
    nextReceiveHeaderKey: row.next_receive_header_key,
  }
}

function columns(state: RatchetState): RatchetRow {
  return {
    version: state.version,
    max_version: state.maxVersion,
    ad: state.ad,
    dh_private: state.dhPrivate,
    dh_public: state.dhPublic,
    root_key: state.rootKey,
    send_peer_key: state.send?.peerKey ?? null,
    send_chain_key: state.send?.chainKey ?? null,
    send_header_key: state.send?.headerKey ?? null,
    receive_chain_key: state.receive?.chainKey ?? null,
    receive_header_key: state.receive?.headerKey ?? null,
    send_count: state.sendCount,
    receive_count: state.receiveCount,
    previous_send_count: state.previousSendCount,
    next_send_header_key: state.nextSendHeaderKey,
    next_receive_header_key: state.nextReceiveHeaderKey,
  }
}

/** `e2eParams`: what a joiner repeats in its confirmation, encoded. */
export async function insertRatchet(tx: Tx, conn: number, state: RatchetState, e2eParams?: Uint8Array): Promise<void> {
  await tx.query
    .insertInto('ratchets')
    .values({ conn, ...columns(state), e2e_params: e2eParams ?? null })
    .execute()
}

/** Whether this side joined the other's invitation, and so told its keys in a confirmation. */
export async function isJoiner(tx: Tx, conn: number): Promise<boolean> {
  return (await tx.get('SELECT 1 FROM ratchets WHERE conn = ? AND e2e_params IS NOT NULL', conn)) !== undefined
}

export async function loadRatchet(tx: Tx, conn: number): Promise<RatchetState | undefined> {
  const row = await tx.get<RatchetRow>(`SELECT ${RATCHET_COLUMNS} FROM ratchets r WHERE r.conn = ?`, conn)
  return row && ratchetState(row)
}

/** Stores what a decryption changed, after a failed one too (agent §4.6). */
export async function saveDecryption(
  tx: Tx,
  conn: number,
  before: RatchetState,
  after: RatchetState,
  skipped: SkippedChanges,
): Promise<void> {
  if (after !== before) {
    const row = columns(after)
    await tx.run(
      'UPDATE ratchets SET version = ?, dh_private = ?, dh_public = ?, root_key = ?, send_peer_key = ?, ' +
        'send_chain_key = ?, send_header_key = ?, receive_chain_key = ?, receive_header_key = ?, send_count = ?, ' +
        'receive_count = ?, previous_send_count = ?, next_send_header_key = ?, next_receive_header_key = ? WHERE conn = ?',
      row.version,
      row.dh_private,
      row.dh_public,
      row.root_key,
      row.send_peer_key,
      row.send_chain_key,
      row.send_header_key,
      row.receive_chain_key,
      row.receive_header_key,
      row.send_count,
      row.receive_count,
      row.previous_send_count,
      row.next_send_header_key,
      row.next_receive_header_key,
      conn,
    )
  }
  const { removed, added } = skipped
  if (removed !== undefined) {
    await tx.run(
      'DELETE FROM skipped_keys WHERE conn = ? AND header_key = ? AND number = ?',
      conn,
      removed.headerKey,
      removed.number,
    )
  }
  await tx.runEach(
    'INSERT OR REPLACE INTO skipped_keys (conn, header_key, number, message_key, iv) VALUES (?, ?, ?, ?, ?)',
    added.map((key) => [conn, key.headerKey, key.number, key.messageKey, key.iv]),
  )
}

export async function loadSkippedKeys(tx: Tx, conn: number): Promise<SkippedKey[]> {
  return tx.all<SkippedKey>(
    'SELECT header_key AS headerKey, number, message_key AS messageKey, iv FROM skipped_keys WHERE conn = ?',
    conn,
  )
}

export async function insertX3dhKeys(tx: Tx, conn: number, keys: X3dhKeys): Promise<void> {
  const values = { conn, private1: keys.key1.privateKey.raw, private2: keys.key2.privateKey.raw }
  await tx.query.insertInto('x3dh_keys').values(values).execute()
}

export async function loadX3dhKeys(tx: Tx, conn: number): Promise<X3dhKeys | undefined> {
  const row = await tx.query.selectFrom('x3dh_keys').selectAll().where('conn', '=', conn).executeTakeFirst()
  return row && { key1: x448Pair(row.private1), key2: x448Pair(row.private2) }
}

/** A used link's keys have no further use, and keeping them would weaken what they started. */
export async function deleteX3dhKeys(tx: Tx, conn: number): Promise<void> {
  await tx.query.deleteFrom('x3dh_keys').where('conn', '=', conn).execute()
}

function x448Pair(raw: Uint8Array): X448Pair {
  const privateKey = { algorithm: 'X448', raw } as const
  return { privateKey, publicKey: publicKeyOf(privateKey) }
}
