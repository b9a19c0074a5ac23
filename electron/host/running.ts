import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostAccess } from '../../renderer/runtime/runtime.ts'

const PATIENCE = 5000

/** The access to the host that runs on `folder` already, as a service or in a terminal, where its secret is ours. */
export async function runningHost(folder: string): Promise<HostAccess | undefined> {
  const url = await read(join(folder, 'api-address'))
  if (url === undefined || !(await answers(loopback(url)))) return undefined
  return accessTo(folder, url).catch(() => undefined)
}

/** The host wrote its secret before it said where it listens. */
export async function accessTo(folder: string, url: string): Promise<HostAccess> {
  const token = await read(join(folder, 'api-token'))
  if (token === undefined) throw new Error('the host left no token')
  return { url: loopback(url), token }
}

/** The name under which the interface's policy lets it speak to the host on this machine. */
function loopback(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace(/\/\/\[::1?\]:/, '//localhost:')
}

/** A host that runs and is not stuck tells whoever asks without a token that nobody is signed in. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/session', url.replace(/^ws:/, 'http:')), {
      signal: AbortSignal.timeout(PATIENCE),
      redirect: 'error',
      cache: 'no-store',
    })
    await response.body?.cancel()
    return response.status === 401
  } catch {
    return false
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}
