import { CodecError } from '../../codec/error.ts'
import { decode } from '../../codec/reader.ts'
import { Writer } from '../../codec/writer.ts'
import { publicKeyOf } from '../../crypto/keypair.ts'
import type { Tx } from '../../store/database.ts'
import type { RatchetState, SkippedChanges, SkippedKey, X448Pair } from '../ratchet/state.ts'
import type { X3dhKeys } from '../ratchet/x3dh.ts'

/** Ratchets, skipped keys and the keys behind links. */

/** Of the packed form below. */
const LAYOUT = 1

/**
 * A ratchet as one byte string: a row of many small columns costs more to read than everything else about a message.
 *
 *     u8 layout ‖ u16 version ‖ u16 maxVersion ‖ u32 sendCount ‖ u32 receiveCount ‖ u32 previousSendCount
 *     short ad ‖ short dhPrivate ‖ short dhPublic ‖ short rootKey ‖ short nextSendHeaderKey ‖ short nextReceiveHeaderKey
 *     opt(short peerKey ‖ short chainKey ‖ short headerKey) ‖ opt(short chainKey ‖ short headerKey)
 */
export function encodeRatchet(state: RatchetState): Uint8Array {
  const writer = new Writer(768)
  writer.u8(LAYOUT).u16(state.version).u16(state.maxVersion)
  writer.u32(state.sendCount).u32(state.receiveCount).u32(state.previousSendCount)
  writer.short(state.ad).short(state.dhPrivate).short(state.dhPublic).short(state.rootKey)
  writer.short(state.nextSendHeaderKey).short(state.nextReceiveHeaderKey)
  writer.optional(state.send, (w, chain) => w.short(chain.peerKey).short(chain.chainKey).short(chain.headerKey))
  writer.optional(state.receive, (w, chain) => w.short(chain.chainKey).short(chain.headerKey))
  return writer.done()
}

/** Errors: CodecError where the database holds something else. */
export function decodeRatchet(bytes: Uint8Array): RatchetState {
  return decode(bytes, (r) => {
    if (r.u8() !== LAYOUT) throw new CodecError('syntax', 'unknown layout of a ratchet')
    const version = r.u16()
    const maxVersion = r.u16()
    const sendCount = r.u32()
    const receiveCount = r.u32()
    const previousSendCount = r.u32()
    return {
      version,
      maxVersion,
      sendCount,
      receiveCount,
      previousSendCount,
      ad: r.short(),
      dhPrivate: r.short(),
      dhPublic: r.short(),
      rootKey: r.short(),
      nextSendHeaderKey: r.short(),
      nextReceiveHeaderKey: r.short(),
      send: r.optional((item) => ({ peerKey: item.short(), chainKey: item.short(), headerKey: item.short() })),
      receive: r.optional((item) => ({ chainKey: item.short(), headerKey: item.short() })),
      kem: undefined,
      supportKem: false,
      enableKem: false,
      sendKem: false,
      receiveKem: false,
    }
  })
}

/** `e2eParams`: what a joiner repeats in its confirmation, encoded. */
export async function insertRatchet(tx: Tx, conn: number, state: RatchetState, e2eParams?: Uint8Array): Promise<void> {
  await tx.query
    .insertInto('ratchets')
    .values({
      conn,
      state: encodeRatchet(state),
      can_send: state.send === undefined ? 0 : 1,
      e2e_params: e2eParams ?? null,
    })
    .execute()
}

/** Whether this side joined the other's invitation, and so told its keys in a confirmation. */
export async function isJoiner(tx: Tx, conn: number): Promise<boolean> {
  return (await tx.get('SELECT 1 FROM ratchets WHERE conn = ? AND e2e_params IS NOT NULL', conn)) !== undefined
}

export async function loadRatchet(tx: Tx, conn: number): Promise<RatchetState | undefined> {
  const row = await tx.get<{ state: Uint8Array }>('SELECT state FROM ratchets WHERE conn = ?', conn)
  return row && decodeRatchet(row.state)
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
    // Only a new chain lets a connection send that could not, or was kept from it (see retire.ts).
    const newChain = after.send !== undefined && after.send.headerKey !== before.send?.headerKey
    await tx.run(
      'UPDATE ratchets SET state = ?, can_send = max(can_send, ?) WHERE conn = ?',
      encodeRatchet(after),
      newChain ? 1 : 0,
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

export function x448Pair(raw: Uint8Array): X448Pair {
  const privateKey = { algorithm: 'X448', raw } as const
  return { privateKey, publicKey: publicKeyOf(privateKey) }
}
