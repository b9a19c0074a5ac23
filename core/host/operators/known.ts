import type { Selectable } from 'kysely'
import { parseLink } from '../../agent/links/parse-link.ts'
import { CodecError, HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { KnownSuperPeersTable } from '../../store/schema/host.ts'
import type { KnownSuperPeer, KnownView } from '../contract/types.ts'
import type { Presets } from './presets.ts'

/** The person's list of operators and super-peers: what is preset, what was added, what was chosen about them. */

type Row = Selectable<KnownSuperPeersTable>

export async function knownView(tx: Tx, { operators }: Presets): Promise<KnownView> {
  const rows = await tx.all<Row>('SELECT * FROM known_super_peers ORDER BY created_at, address')
  const choices = await tx.all<{ operator: string; enabled: number }>('SELECT * FROM operator_choices')
  const byAddress = new Map(rows.map((row) => [row.address, row]))
  const chosen = new Map(choices.map(({ operator, enabled }) => [operator, enabled === 1]))
  const preset = operators.flatMap(({ id, superPeers }) =>
    superPeers.map(({ address, name, enabled }): KnownSuperPeer => {
      const row = byAddress.get(address)
      return {
        ...stateOf(row),
        address,
        name,
        image: row?.image ?? undefined,
        operator: id,
        enabled: flag(row, enabled),
      }
    }),
  )
  const taken = new Set(preset.map(({ address }) => address))
  const custom = rows
    .filter((row) => row.custom === 1 && !taken.has(row.address))
    .map(
      (row): KnownSuperPeer => ({
        ...stateOf(row),
        address: row.address,
        name: row.name ?? row.address,
        image: row.image ?? undefined,
        operator: undefined,
        enabled: flag(row, true),
      }),
    )
  return {
    operators: operators
      .filter(({ superPeers }) => superPeers.length > 0)
      .map(({ id, name, legalName, website, about, image, enabled, preselected }) => ({
        id,
        name,
        legalName,
        website,
        about,
        image,
        enabled: chosen.get(id) ?? enabled,
        preselected,
      })),
    superPeers: [...preset, ...custom],
  }
}

function flag(row: Row | undefined, otherwise: boolean): boolean {
  return row === undefined || row.enabled === null ? otherwise : row.enabled === 1
}

function stateOf(row: Row | undefined): Pick<KnownSuperPeer, 'test'> {
  if (row === undefined || row.tested_at === null) return { test: undefined }
  return {
    test: { at: row.tested_at, roundTrip: row.round_trip ?? undefined, error: row.test_error ?? undefined },
  }
}

/** Errors: usage `no-operator`. */
export async function setOperator(tx: Tx, { operators }: Presets, operator: string, enabled: boolean): Promise<void> {
  if (!operators.some(({ id }) => id === operator)) {
    throw new HearthError('usage', 'no-operator', 'there is no such operator')
  }
  await tx.run(
    'INSERT INTO operator_choices (operator, enabled) VALUES (?, ?) ON CONFLICT DO UPDATE SET enabled = excluded.enabled',
    operator,
    enabled ? 1 : 0,
  )
}

export interface NewSuperPeer {
  readonly address: string
  readonly name: string
  readonly image?: string
  /** Of the test that went before, in milliseconds. */
  readonly roundTrip?: number
}

/** Errors: usage `super-peer-address`, usage `exists`, usage `name-taken`. */
export async function addKnown(
  tx: Tx,
  presets: Presets,
  { address, name, image, roundTrip }: NewSuperPeer,
  now: number,
) {
  checkAddress(address)
  const { superPeers } = await knownView(tx, presets)
  if (superPeers.some((other) => other.address === address)) {
    throw new HearthError('usage', 'exists', 'this super-peer is in the list already')
  }
  checkName(superPeers, name)
  await tx.run(
    `INSERT INTO known_super_peers (address, name, image, custom, created_at) VALUES (?, ?, ?, 1, ?)
     ON CONFLICT DO UPDATE SET name = excluded.name, image = excluded.image, custom = 1`,
    address,
    name,
    image ?? null,
    now,
  )
  if (roundTrip !== undefined) await recordTest(tx, presets, address, { roundTrip }, now)
}

/** Errors: usage `no-super-peer`, usage `preset`, usage `name-taken`. */
export async function updateKnown(
  tx: Tx,
  presets: Presets,
  { address, name, enabled }: { readonly address: string; readonly name?: string; readonly enabled?: boolean },
  now: number,
): Promise<void> {
  const { superPeers } = await knownView(tx, presets)
  const current = present(superPeers, address)
  if (name !== undefined && name !== current.name) {
    if (current.operator !== undefined) throw preset()
    checkName(superPeers, name)
    await tx.run('UPDATE known_super_peers SET name = ? WHERE address = ?', name, address)
  }
  if (enabled === undefined) return
  await tx.run(
    `INSERT INTO known_super_peers (address, enabled, created_at) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET enabled = excluded.enabled`,
    address,
    enabled ? 1 : 0,
    now,
  )
}

/** Groups that it serves keep it. Errors: usage `no-super-peer`, usage `preset`. */
export async function removeKnown(tx: Tx, presets: Presets, address: string): Promise<void> {
  const { superPeers } = await knownView(tx, presets)
  if (present(superPeers, address).operator !== undefined) throw preset()
  await tx.run('DELETE FROM known_super_peers WHERE address = ?', address)
}

export interface TestOutcome {
  readonly roundTrip?: number
  readonly image?: string | undefined
  readonly error?: string
}

/** Keeps what a test of a listed super-peer found; false where it is not listed. */
export async function recordTest(
  tx: Tx,
  presets: Presets,
  address: string,
  { roundTrip, image, error }: TestOutcome,
  now: number,
): Promise<boolean> {
  const { superPeers } = await knownView(tx, presets)
  if (!superPeers.some((other) => other.address === address)) return false
  await tx.run(
    `INSERT INTO known_super_peers (address, image, tested_at, round_trip, test_error, created_at)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET image = coalesce(excluded.image, image), tested_at = excluded.tested_at,
       round_trip = excluded.round_trip, test_error = excluded.test_error`,
    address,
    image ?? null,
    now,
    roundTrip === undefined ? null : Math.round(roundTrip),
    error ?? null,
    now,
  )
  return true
}

function present(superPeers: readonly KnownSuperPeer[], address: string): KnownSuperPeer {
  const found = superPeers.find((other) => other.address === address)
  if (found === undefined) throw new HearthError('usage', 'no-super-peer', 'there is no such super-peer')
  return found
}

function checkName(superPeers: readonly KnownSuperPeer[], name: string): void {
  if (superPeers.some((other) => other.name === name)) {
    throw new HearthError('usage', 'name-taken', 'another super-peer in the list has this name')
  }
}

function checkAddress(address: string): void {
  try {
    const link = parseLink(address)
    if (link.form === 'full' || (link.form === 'short' && link.link.type === 'r')) return
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
  }
  throw new HearthError('usage', 'super-peer-address', 'this is not the address of a super-peer')
}

function preset(): HearthError {
  return new HearthError('usage', 'preset', 'a preset super-peer can be disabled, not renamed or removed')
}
