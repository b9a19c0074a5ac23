import { base64urlUnpadded } from '../../codec/base64url.ts'
import { concat, equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import { encodePublicKey, type PrivateKey, type PublicKey, readPublicKey, writePublicKey } from '../../codec/keys.ts'
import { Reader } from '../../codec/reader.ts'
import { encode, type Writer } from '../../codec/writer.ts'
import { publicKeyOf } from '../../crypto/keypair.ts'
import { sign, verify } from '../../crypto/sign.ts'

/** Someone besides the root key who may sign the user data of a link (agent §2.7). */
export interface Owner {
  readonly id: Uint8Array
  readonly key: PublicKey<'Ed25519'>
  /** By the root key or an earlier owner, over id and key. */
  readonly signature: Uint8Array
}

/** Raw id, then the key in DER: no lengths. */
function signedPart(id: Uint8Array, key: PublicKey<'Ed25519'>): Uint8Array {
  return concat(id, encodePublicKey(key))
}

export function signOwner(id: Uint8Array, key: PublicKey<'Ed25519'>, authority: PrivateKey<'Ed25519'>): Owner {
  return { id, key, signature: sign(authority, signedPart(id, key)) }
}

/** Wrapped in one more length, so that later versions can extend it. */
export function writeOwner(writer: Writer, owner: Owner): void {
  const inner = encode((w) => {
    w.short(owner.id)
    writePublicKey(w, owner.key)
    w.short(owner.signature)
  })
  writer.short(inner)
}

export function readOwner(reader: Reader): Owner {
  return reader.all((r) => {
    const inner = new Reader(r.short())
    return { id: inner.short(), key: readPublicKey(inner, 'Ed25519'), signature: inner.short() }
  })
}

/** Order matters: each is authorised by the root or somebody before it. Errors: protocol `A_LINK`. */
export function validateOwners(root: PublicKey<'Ed25519'>, owners: readonly Owner[]): void {
  owners.forEach((owner, index) => {
    const { id, key, signature } = owner
    const earlier = owners.slice(0, index)
    const name = base64urlUnpadded(id)
    if (equal(key.raw, root.raw)) throw linkError(`owner key for ID ${name} matches root key`)
    if (earlier.some((other) => equal(other.id, id) || equal(other.key.raw, key.raw))) {
      throw linkError(`duplicate owner key or ID ${name}`)
    }
    const signed = signedPart(id, key)
    const authorities = [root, ...earlier.map((other) => other.key)]
    if (!authorities.some((authority) => verify(authority, signed, signature))) {
      throw linkError(`invalid authorization of owner ID ${name}`)
    }
  })
}

/** Whether readers will accept user data signed with this key. */
export function mayWrite(key: PrivateKey<'Ed25519'>, root: PublicKey<'Ed25519'>, owners: readonly Owner[]): boolean {
  const { raw } = publicKeyOf(key)
  return equal(raw, root.raw) || owners.some((owner) => equal(raw, owner.key.raw))
}

/** What makes link data unusable, in the words of the reference. */
export function linkError(reason: string): HearthError {
  return new HearthError('protocol', 'A_LINK', reason)
}
