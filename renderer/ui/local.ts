/** What only this machine reaches, because it lies on its loopback address. */

const LOCAL = String.raw`(?:localhost|127\.[\d.]+|\[?::1\]?)`
const LINK = new RegExp(String.raw`^https://${LOCAL}(?::\d+)?/`)
const ROUTER = new RegExp(String.raw`@${LOCAL}(?::\d+)?$`)

export function isLocalLink(link: string): boolean {
  return LINK.test(link)
}

export function isLocalRouter(address: string): boolean {
  return ROUTER.test(address)
}
