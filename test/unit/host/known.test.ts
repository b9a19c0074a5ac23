import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { realEnv } from '../../../core/env/real.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { createChangeLog } from '../../../core/host/changes.ts'
import type { LoggedChange } from '../../../core/host/follow.ts'
import { presetRouters, presetsOf, readPresets } from '../../../core/host/operators/presets.ts'
import { createKnownSuperPeers, type KnownSuperPeers } from '../../../core/host/operators/service.ts'
import { openStore, type Store } from '../../../core/store/database.ts'

const env = realEnv({ log: silentLog })
const PRESET = 'https://smp5.simplex.im/r#Fp5RWXkiRFg-hgcDwC2v-MWnPfvEf42RgCqREntW0mw'
const OWN = 'https://oak.example/r#Fp5RWXkiRFg-hgcDwC2v-MWnPfvEf42RgCqREntW0mw'

let folder: string
let store: Store
let known: KnownSuperPeers
const changes = createChangeLog<LoggedChange>(env, 100)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-known-'))
  store = await openStore(':memory:', env.clock)
  known = createKnownSuperPeers({ env, store, folder, changes })
})

afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

describe('presets', () => {
  test('the shipped list has the operators of chat §8', () => {
    const presets = presetsOf(folder, silentLog)
    const simplex = presets.operators.find(({ id }) => id === 'simplex')
    expect(simplex?.superPeers.map(({ address }) => address)).toHaveLength(3)
    expect(simplex?.superPeers[0]?.address).toBe(PRESET)
    expect(presetRouters(presets).map(({ hosts }) => hosts[0])).toContain('smp7.simplex.im')
  })

  test('a list in the folder takes its place, a damaged one does not', () => {
    const list = { updated: '2026-06-01', operators: [] }
    writeFileSync(join(folder, 'operators.json'), JSON.stringify(list))
    expect(presetsOf(folder, silentLog)).toEqual(list)
    writeFileSync(join(folder, 'operators.json'), '{')
    expect(presetsOf(folder, silentLog).operators).not.toHaveLength(0)
  })

  test.each(['[]', '{"updated":"x"}', '{"updated":"x","operators":[{"id":"A"}]}'])('refuses %s', (text) => {
    expect(() => readPresets(text)).toThrow(expect.objectContaining({ kind: 'usage', code: 'operators' }))
  })
})

describe('the list', () => {
  test('operators with super-peers, theirs enabled', async () => {
    const view = await known.list()
    expect(view.operators.map(({ id, enabled, preselected }) => ({ id, enabled, preselected }))).toEqual([
      { id: 'simplex', enabled: true, preselected: 2 },
    ])
    expect(view.superPeers.every(({ enabled, operator }) => enabled && operator === 'simplex')).toBe(true)
  })

  test('operators and super-peers are switched on and off', async () => {
    await known.setOperator('simplex', false)
    const view = await known.update({ address: PRESET, enabled: false })
    expect(view.operators[0]?.enabled).toBe(false)
    expect(view.superPeers.find(({ address }) => address === PRESET)?.enabled).toBe(false)
    await expect(known.setOperator('nobody', true)).rejects.toMatchObject({ code: 'no-operator' })
  })

  test('own ones are added, renamed and removed', async () => {
    await known.add({ address: OWN, name: 'Oak', roundTrip: 12 })
    const renamed = await known.update({ address: OWN, name: 'Old oak' })
    expect(renamed.superPeers.at(-1)).toMatchObject({
      address: OWN,
      name: 'Old oak',
      operator: undefined,
      enabled: true,
      test: { roundTrip: 12, error: undefined },
    })
    const removed = await known.remove(OWN)
    expect(removed.superPeers.some(({ address }) => address === OWN)).toBe(false)
  })

  test('what cannot be is refused', async () => {
    await known.add({ address: OWN, name: 'Oak' })
    await expect(known.add({ address: OWN, name: 'Elm' })).rejects.toMatchObject({ code: 'exists' })
    await expect(known.add({ address: `${OWN}?p=5224`, name: 'Oak' })).rejects.toMatchObject({ code: 'name-taken' })
    await expect(known.add({ address: OWN.replace('/r#', '/c#'), name: 'Elm' })).rejects.toMatchObject({
      code: 'super-peer-address',
    })
    await expect(known.add({ address: 'oak', name: 'Elm' })).rejects.toMatchObject({ code: 'super-peer-address' })
    await expect(known.remove(PRESET)).rejects.toMatchObject({ code: 'preset' })
    await expect(known.update({ address: PRESET, name: 'Mine' })).rejects.toMatchObject({ code: 'preset' })
    await expect(known.update({ address: 'oak', enabled: true })).rejects.toMatchObject({ code: 'no-super-peer' })
  })

  test('tests of listed ones are kept, and told once', async () => {
    await known.tested(OWN, { roundTrip: 12 })
    const before = changes.position().sequence
    await known.tested(PRESET, { roundTrip: 81.4, image: 'data:image/png;base64,AA==' })
    await known.tested(PRESET, { error: 'timeout' })
    expect(changes.position().sequence).toBe(before + 2)
    const { superPeers } = await known.list()
    expect(superPeers.find(({ address }) => address === PRESET)).toMatchObject({
      image: 'data:image/png;base64,AA==',
      test: { roundTrip: undefined, error: 'timeout' },
    })
    expect(superPeers.some(({ address }) => address === OWN)).toBe(false)
  })
})
