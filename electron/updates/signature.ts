import { createPublicKey, verify } from 'node:crypto'

/**
 * A manifest of a release (`latest.yml` and its kin) names the digest of every file, so its signature covers them all:
 * Ed25519 over the bytes of the manifest, base64, in a file of the same name with `.sig` behind.
 */
export function verifyManifest(manifest: string, signature: string, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType !== 'ed25519') return false
    return verify(null, Buffer.from(manifest, 'utf8'), key, Buffer.from(signature.trim(), 'base64'))
  } catch {
    return false
  }
}
