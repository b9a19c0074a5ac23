/**
 * How much of the KEM a new invitation shows (agent §2.9, last table).
 *
 *     off  no KEM
 *     on   supported; the key is only in the data of a short link, a full link stays short
 *     use  the key is in the full link as well
 */
export type PqMode = 'off' | 'on' | 'use'

export function supportsPq(mode: PqMode): boolean {
  return mode !== 'off'
}

/** Whether the KEM key belongs into a connection request: in the data of a short link, or in a full link alone. */
export function showsKemKey(mode: PqMode, where: 'short-link-data' | 'full-link'): boolean {
  return mode === 'use' || (mode === 'on' && where === 'short-link-data')
}
