import type { Env } from '../../env/env.ts'
import type { Store, Tx } from '../../store/database.ts'
import type { KnownView } from '../contract/types.ts'
import { type HostChanges, knownChange } from '../follow.ts'
import {
  addKnown,
  knownView,
  type NewSuperPeer,
  recordTest,
  removeKnown,
  setOperator,
  type TestOutcome,
  updateKnown,
} from './known.ts'
import { type Presets, presetsOf } from './presets.ts'

/** The list of `known.ts` with everything that reads and changes it; every change is told. */
export interface KnownSuperPeers {
  list(): Promise<KnownView>
  setOperator(operator: string, enabled: boolean): Promise<KnownView>
  add(superPeer: NewSuperPeer): Promise<KnownView>
  update(change: { readonly address: string; readonly name?: string; readonly enabled?: boolean }): Promise<KnownView>
  remove(address: string): Promise<KnownView>
  /** No effect where the address is not in the list. */
  tested(address: string, outcome: TestOutcome): Promise<void>
}

export interface KnownDeps {
  readonly env: Env
  readonly store: Store
  readonly folder: string
  readonly changes: HostChanges
}

export function createKnownSuperPeers({ env, store, folder, changes }: KnownDeps): KnownSuperPeers {
  async function changed(work: (tx: Tx, presets: Presets) => Promise<unknown>): Promise<KnownView> {
    const presets = presetsOf(folder, env.log)
    const known = await store.write(async (tx) => {
      await work(tx, presets)
      return knownView(tx, presets)
    })
    changes.append(knownChange(known))
    return known
  }

  return {
    list: () => store.read((tx) => knownView(tx, presetsOf(folder, env.log))),
    setOperator: (operator, enabled) => changed((tx, presets) => setOperator(tx, presets, operator, enabled)),
    add: (superPeer) => changed((tx, presets) => addKnown(tx, presets, superPeer, env.clock.now())),
    update: (change) => changed((tx, presets) => updateKnown(tx, presets, change, env.clock.now())),
    remove: (address) => changed((tx, presets) => removeKnown(tx, presets, address)),
    async tested(address, outcome) {
      const presets = presetsOf(folder, env.log)
      const known = await store.write(async (tx) => {
        const listed = await recordTest(tx, presets, address, outcome, env.clock.now())
        return listed ? knownView(tx, presets) : undefined
      })
      if (known !== undefined) changes.append(knownChange(known))
    },
  }
}
