import type { RouterState } from '../../../core/host/contract/types.ts'

/** Addresses of routers as people see them: by host name, never with the password. */

const ADDRESS = /^smp:\/\/([^:@]+)(?::[^@]+)?@([^,]+)(.*)$/

export function hostOf(address: string): string {
  const [, , host = address, rest = ''] = ADDRESS.exec(address) ?? []
  const port = /:(\d+)$/.exec(rest === '' ? host : rest)?.[1]
  const name = rest === '' ? host.replace(/:\d+$/, '') : host
  return port === undefined ? name : `${name}:${port}`
}

/** Two texts of the same router, with password or without. */
export function sameRouter(a: string, b: string): boolean {
  return keyOf(a) === keyOf(b)
}

export function stateOf(routers: readonly RouterState[], address: string): RouterState | undefined {
  return routers.find((router) => sameRouter(router.address, address))
}

function keyOf(address: string): string {
  const [, key = '', host = '', rest = ''] = ADDRESS.exec(address) ?? []
  return `${key.replace(/=+$/, '')}@${host}${rest}`
}
