import { base64urlUnpadded } from '../codec/base64url.ts'
import type { Env } from '../env/env.ts'
import { pathIn, readIfPresent, writePrivate } from './files.ts'

const SIZE = 32

/** The secret that API clients of this folder show; made at the first start. */
export function apiToken(env: Env, folder: string): string {
  const path = pathIn(folder, 'token')
  const present = readIfPresent(path)?.trim()
  if (present !== undefined && present !== '') return present
  const token = base64urlUnpadded(env.random(SIZE))
  writePrivate(path, `${token}\n`)
  return token
}
