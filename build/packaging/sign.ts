import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Signatures of the manifests of a release, as electron/updates/signature.ts checks them. */

/** PEM. Errors: an Error where it is no Ed25519 key. */
export function readSigningKey(pem: string): KeyObject {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('releases are signed with an Ed25519 key')
  return key
}

/** As programs carry it: SubjectPublicKeyInfo, base64. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
}

/** A fresh key as PEM; whoever has it can replace every installed Hearth. */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Signs every manifest in the folder of packages; answers with their names. */
export function signManifests(folder: string, key: KeyObject): string[] {
  const names = readdirSync(folder).filter((name) => /^latest.*\.yml$/.test(name))
  for (const name of names) {
    const signature = sign(null, readFileSync(join(folder, name)), key)
    writeFileSync(join(folder, `${name}.sig`), `${signature.toString('base64')}\n`)
  }
  return names
}
