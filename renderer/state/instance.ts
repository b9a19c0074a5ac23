import { useEffect } from 'react'
import { create } from 'zustand'
import type { InstanceView } from '../../core/host/contract/backup.ts'
import type { Change } from '../../core/host/contract/types.ts'
import { api } from './api.ts'
import { useHost } from './host.ts'

/** Whether this copy of the host's database is the one in use. */
interface State {
  readonly instance: InstanceView | undefined
}

const useStore = create<State>(() => ({ instance: undefined }))

export function applyInstanceChange(change: Change): void {
  if (change.type === 'instance') useStore.setState({ instance: change.instance })
}

async function load(): Promise<void> {
  try {
    useStore.setState({ instance: await api().instance.status() })
  } catch {
    // Read again with the next connection.
  }
}

/** Undefined until it is read. */
export function useInstance(): InstanceView | undefined {
  const instance = useStore((state) => state.instance)
  const online = useHost((state) => state.connection === 'online')
  useEffect(() => {
    if (online) void load()
  }, [online])
  return instance
}
