import { useEffect } from 'react'
import { create } from 'zustand'
import type { SettingsView } from '../../core/host/contract/types.ts'
import { api } from './api.ts'
import { useHost } from './host.ts'

/** The host's settings; read when a screen first wants them, and again with every connection. */
interface State {
  readonly settings: SettingsView | undefined
}

const useStore = create<State>(() => ({ settings: undefined }))

async function load(): Promise<void> {
  try {
    useStore.setState({ settings: await api().host.settings() })
  } catch {
    // Read again with the next connection.
  }
}

/** Undefined until they are read. */
export function useSettings(): SettingsView | undefined {
  const settings = useStore((state) => state.settings)
  const online = useHost((state) => state.connection === 'online')
  useEffect(() => {
    if (online) void load()
  }, [online])
  return settings
}

/** Null returns a setting to its default. Rejects with the host's reason. */
export async function saveSettings(values: Readonly<Record<string, unknown>>): Promise<void> {
  useStore.setState({ settings: await api().host.setSettings({ values }) })
}

/** The value of a setting as a number; `otherwise` while it is not read. */
export function numberOf(settings: SettingsView | undefined, name: string, otherwise = 0): number {
  const value = settings?.values[name]
  return typeof value === 'number' ? value : otherwise
}
