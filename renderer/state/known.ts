import { useEffect } from 'react'
import { create } from 'zustand'
import type { Change, KnownView } from '../../core/host/contract/types.ts'
import { api } from './api.ts'
import { useHost } from './host.ts'

/** The person's list of operators and super-peers; read when a screen first wants it. */
interface Known {
  readonly known: KnownView | undefined
}

const useStore = create<Known>(() => ({ known: undefined }))

export function applyKnownChange(change: Change): void {
  if (change.type === 'known') useStore.setState({ known: change.known })
}

async function load(): Promise<void> {
  try {
    useStore.setState({ known: await api().known.list() })
  } catch {
    // Read again with the next connection.
  }
}

/** Undefined until it is read. */
export function useKnown(): KnownView | undefined {
  const known = useStore((state) => state.known)
  const online = useHost((state) => state.connection === 'online')
  useEffect(() => {
    if (online) void load()
  }, [online])
  return known
}
