import type { KeyAlgorithm, KeyPair } from '../core/codec/keys.ts'
import { agree } from '../core/crypto/agreement.ts'
import { boxKey, open, seal } from '../core/crypto/box.ts'
import { gcmOpen, gcmSeal } from '../core/crypto/gcm.ts'
import { sha3_256, sha3_384, sha256, sha512 } from '../core/crypto/hash.ts'
import { hkdf3 } from '../core/crypto/hkdf.ts'
import { generateKeyPair } from '../core/crypto/keypair.ts'
import { pad } from '../core/crypto/padding.ts'
import { sign, verify } from '../core/crypto/sign.ts'
import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import { measure, type Rate } from './measure.ts'
import { options } from './options.ts'

/** Every primitive of the network, on one thread: `--milliseconds` for each, `--size` bytes where size matters. */
export async function run(args: readonly string[]): Promise<object> {
  const parameters = options(args, { milliseconds: 300, size: 16_000 })
  const { random } = realEnv({ log: silentLog })
  const time = (operation: () => unknown): Rate => measure(operation, parameters.milliseconds)
  const pair = <A extends KeyAlgorithm>(algorithm: A): KeyPair<A> => generateKeyPair(algorithm, random)

  const message = random(parameters.size)
  const short = random(88)
  const key = random(32)
  const iv = random(16)
  const nonce = random(24)
  const ad = random(236)
  const subkey = boxKey(key)
  const boxed = seal(subkey, nonce, message)
  const sealed = gcmSeal(key, iv, ad, message)
  const x25519 = [pair('X25519'), pair('X25519')] as const
  const x448 = [pair('X448'), pair('X448')] as const
  const ed25519 = pair('Ed25519')
  const ed448 = pair('Ed448')
  const signature25519 = sign(ed25519.privateKey, message)
  const signature448 = sign(ed448.privateKey, message)

  return {
    parameters,
    figures: {
      x25519: time(() => agree(x25519[0].privateKey, x25519[1].publicKey)),
      x448: time(() => agree(x448[0].privateKey, x448[1].publicKey)),
      x25519KeyPair: time(() => pair('X25519')),
      x448KeyPair: time(() => pair('X448')),
      ed25519Sign: time(() => sign(ed25519.privateKey, message)),
      ed25519Verify: time(() => verify(ed25519.publicKey, message, signature25519)),
      ed448Sign: time(() => sign(ed448.privateKey, message)),
      ed448Verify: time(() => verify(ed448.publicKey, message, signature448)),
      gcmSeal: time(() => gcmSeal(key, iv, ad, message)),
      gcmOpen: time(() => gcmOpen(key, iv, ad, sealed)),
      gcmSealHeader: time(() => gcmSeal(key, iv, ad, short)),
      boxKey: time(() => boxKey(key)),
      boxSeal: time(() => seal(subkey, nonce, message)),
      boxOpen: time(() => open(subkey, nonce, boxed)),
      hkdf: time(() => hkdf3(iv, key, 'Hearth')),
      sha256: time(() => sha256(message)),
      sha512: time(() => sha512(message)),
      sha3_256: time(() => sha3_256(message)),
      sha3_384: time(() => sha3_384(message)),
      pad: time(() => pad(message, parameters.size + 2)),
    },
  }
}
