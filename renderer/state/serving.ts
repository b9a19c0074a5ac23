import { api } from './api.ts'
import { useHost } from './host.ts'

let refreshing = false

/** Reads again what this host serves: changes of served groups name them only. */
export async function refreshServing(): Promise<void> {
  if (refreshing) return
  refreshing = true
  try {
    const [address, served, requests] = await Promise.all([
      api().serving.address(),
      api().serving.groups(),
      api().serving.requests(),
    ])
    useHost.setState({ address: address ?? undefined, served, requests })
  } catch {
    // The next snapshot brings it.
  } finally {
    refreshing = false
  }
}
