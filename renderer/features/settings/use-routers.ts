import { useEffect, useState } from 'react'
import type { RouterPreset, RouterState } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { saveSettings, useSettings } from '../../state/settings.ts'
import { sameRouter } from './router-text.ts'

export interface RouterChoice {
  /** In use as the settings say: the texts of the setting `routers`. */
  readonly chosen: readonly string[]
  /** The command line decides. */
  readonly fixed: boolean
  readonly presets: readonly RouterPreset[]
  /** The router of this machine, while it runs. */
  readonly embedded: RouterState | undefined
  isChosen(address: string): boolean
  add(addresses: readonly string[]): Promise<void>
  remove(addresses: readonly string[]): Promise<void>
}

/** The routers on which this host makes queues; undefined until they are read. */
export function useRouters(): RouterChoice | undefined {
  const settings = useSettings()
  const presets = usePresets()
  const embedded = useHost((state) => state.routers.find((router) => router.embedded))
  if (settings === undefined || presets === undefined) return undefined
  const chosen = (settings.values.routers ?? []) as readonly string[]
  const isChosen = (address: string): boolean => chosen.some((other) => sameRouter(other, address))

  /** The own router ran because nothing else was chosen: what was made on it goes on living there. */
  function save(routers: readonly string[]): Promise<void> {
    const keep = chosen.length === 0 && routers.length > 0 && embedded !== undefined
    return saveSettings({ routers, ...(keep ? { 'router.enabled': true } : {}) })
  }

  return {
    chosen,
    fixed: settings.fixed.some((name) => name === 'routers'),
    presets,
    embedded,
    isChosen,
    add: (addresses) => save([...chosen, ...addresses.filter((address) => !isChosen(address))]),
    remove: (addresses) => save(chosen.filter((other) => !addresses.some((address) => sameRouter(other, address)))),
  }
}

function usePresets(): readonly RouterPreset[] | undefined {
  const online = useHost((state) => state.connection === 'online')
  const [presets, setPresets] = useState<readonly RouterPreset[]>()
  useEffect(() => {
    if (!online) return
    api()
      .routers.presets()
      .then(setPresets)
      .catch(() => {
        // With the next connection.
      })
  }, [online])
  return presets
}
