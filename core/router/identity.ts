import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HearthError } from '../codec/error.ts'
import { decodePrivateKey, type PrivateKey } from '../codec/keys.ts'
import type { SigningAlgorithm } from '../crypto/sign.ts'
import type { Env } from '../env/env.ts'
import {
  certificatePem,
  createIdentity,
  createLeaf,
  fingerprint,
  fromPem,
  privateKeyPem,
} from '../transport/certificate.ts'
import type { RouterIdentity } from '../transport/handshake.ts'

/** What a router is and how TLS shows it. */
export interface StoredIdentity extends RouterIdentity {
  /** PEM: leaf, identity. */
  readonly certificateChain: string
  /** PEM of the leaf's key. */
  readonly privateKey: string
}

export const ROUTER_DATABASE = 'router.db'

/** `ca.key` is needed only to issue another leaf; it may be moved to a safe place. */
const FILES = { caKey: 'ca.key', ca: 'ca.crt', key: 'server.key', certificate: 'server.crt' } as const

/** The folder with rights for its owner alone. Errors: usage `folder`. */
export function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    chmodSync(dir, 0o700)
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw new HearthError('usage', 'folder', `cannot use the folder ${dir}: ${code}`, false, { cause: error })
  }
}

/**
 * Reads keys and certificates from `dir`, or makes them on first start (smp §3.4).
 * Errors: usage `identity` where some of the files are missing or damaged.
 */
export function loadIdentity(env: Env, dir: string, algorithm: SigningAlgorithm, host: string): StoredIdentity {
  const path = (file: keyof typeof FILES) => join(dir, FILES[file])
  const present = (['ca', 'key', 'certificate'] as const).filter((file) => existsSync(path(file)))
  // Without its certificate and its database a router was not born yet, whatever an interrupted start has left.
  if (!present.includes('ca') && !existsSync(join(dir, ROUTER_DATABASE))) {
    const ca = createIdentity(env, algorithm)
    const leaf = createLeaf(env, ca, host)
    // The certificate that decides whether there is an identity comes last.
    write(path('caKey'), privateKeyPem(ca.keys))
    write(path('key'), privateKeyPem(leaf.keys))
    write(path('certificate'), certificatePem(leaf.der))
    write(path('ca'), certificatePem(ca.der))
  } else if (present.length < 3) {
    throw new HearthError('usage', 'identity', `the router folder holds only a part of its keys: ${present.join(', ')}`)
  }
  const privateKey = readFileSync(path('key'), 'utf8')
  const [leaf] = fromPem('CERTIFICATE', readFileSync(path('certificate'), 'utf8'))
  const [ca] = fromPem('CERTIFICATE', readFileSync(path('ca'), 'utf8'))
  const [key] = fromPem('PRIVATE KEY', privateKey)
  if (leaf === undefined || ca === undefined || key === undefined) throw damaged()
  return {
    chain: [leaf, ca],
    keyHash: fingerprint(ca),
    leafKey: signingKey(key),
    certificateChain: certificatePem(leaf, ca),
    privateKey,
  }
}

/** The fingerprint of the router of this folder, if it was ever started. Errors: usage `identity`. */
export function storedKeyHash(dir: string): Uint8Array | undefined {
  const path = join(dir, FILES.ca)
  if (!existsSync(path)) return undefined
  const [ca] = fromPem('CERTIFICATE', readFileSync(path, 'utf8'))
  if (ca === undefined) throw damaged()
  return fingerprint(ca)
}

function signingKey(der: Uint8Array): PrivateKey<SigningAlgorithm> {
  const key = decodePrivateKey(der)
  if (key.algorithm !== 'Ed448' && key.algorithm !== 'Ed25519') throw damaged()
  return key as PrivateKey<SigningAlgorithm>
}

function damaged(): HearthError {
  return new HearthError('usage', 'identity', 'the keys in the router folder cannot be read')
}

/** Whole or not at all, even where the process is killed in between. */
function write(path: string, content: string): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, content, { mode: 0o600, flush: true })
  renameSync(fresh, path)
}
