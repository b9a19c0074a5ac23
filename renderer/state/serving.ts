import { api } from './api.ts'
import { useHost } from './host.ts'

/** Groups that many people join at once change many times a second. */
const PAUSE = 500

let refreshing = false
let again = false

/** Reads again what this host serves: changes of served groups name them only. */
export async function refreshServing(): Promise<void> {
  if (refreshing) {
    again = true
    return
  }
  refreshing = true
  try {
    do {
      again = false
      await read()
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    } while (again)
  } catch {
    // The next snapshot brings it.
  } finally {
    refreshing = false
  }
}

async function read(): Promise<void> {
  const [address, served, requests] = await Promise.all([
    api().serving.address(),
    api().serving.groups(),
    api().serving.requests(),
  ])
  useHost.setState({ address: address ?? undefined, served, requests })
}
