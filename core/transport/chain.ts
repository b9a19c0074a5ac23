import { X509Certificate } from 'node:crypto'
import { equal, fromHex } from '../codec/bytes.ts'
import { CodecError, HearthError } from '../codec/error.ts'
import { decodePublicKey, narrowPublicKey, type PublicKey } from '../codec/keys.ts'
import type { SigningAlgorithm } from '../crypto/sign.ts'
import { fingerprint } from './certificate.ts'
import { type Element, elements, only, TAG, timeOf } from './der.ts'

/** What path validation looks at. */
interface Parsed {
  readonly der: Uint8Array
  /** 1, 2 or 3 */
  readonly version: number
  /** DER of the names. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly notBefore: number
  readonly notAfter: number
  readonly spki: Uint8Array
  readonly authority: boolean
  /** Absent where the certificate has no keyUsage. */
  readonly maySignCertificates: boolean | undefined
}

const BASIC_CONSTRAINTS = fromHex('551d13')
const KEY_USAGE = fromHex('551d0f')

/**
 * A router's chain against the identity that the address names (smp §3.4): 2..4 certificates, leaf first, identity
 * second; a path by names from the leaf to the last certificate. Host names are not looked at.
 * Returns the leaf's key. Errors: network `unknown-ca` for another identity, `bad-chain` for anything else.
 */
export function validateChain(
  chain: readonly Uint8Array[],
  keyHash: Uint8Array,
  now: number,
): PublicKey<SigningAlgorithm> {
  if (chain.length < 2 || chain.length > 4) throw badChain(`chain of ${chain.length} certificates`)
  if (!equal(fingerprint(chain[1]!), keyHash)) {
    throw new HearthError('network', 'unknown-ca', 'the router has another identity than its address says')
  }
  try {
    const [leaf, ...rest] = chain.map(parse)
    const anchor = rest.at(-1)!
    checkPath(leaf!, rest.slice(0, -1), anchor, now)
    return signingKey(leaf!)
  } catch (error) {
    if (error instanceof CodecError) throw badChain(error.message)
    throw error
  }
}

/** The key of a certificate. Throws CodecError where it is neither Ed25519 nor Ed448. */
export function leafKeyOf(der: Uint8Array): PublicKey<SigningAlgorithm> {
  return signingKey(parse(der))
}

function signingKey(certificate: Parsed): PublicKey<SigningAlgorithm> {
  return narrowPublicKey(decodePublicKey(certificate.spki), 'Ed25519', 'Ed448')
}

function checkPath(leaf: Parsed, others: readonly Parsed[], anchor: Parsed, now: number): void {
  if (leaf.version !== 3) throw badChain('leaf is not an X.509 v3 certificate')
  let current = leaf
  for (let step = 0; step <= others.length; step++) {
    if (now < current.notBefore || now > current.notAfter) throw badChain('certificate outside its validity')
    if (equal(current.issuer, anchor.subject)) {
      checkIssued(current, anchor)
      return
    }
    const issuer = others.find((candidate) => equal(candidate.subject, current.issuer))
    if (issuer === undefined) throw badChain('issuer is not in the chain')
    if (!issuer.authority || issuer.maySignCertificates === false) throw badChain('issuer may not sign certificates')
    checkIssued(current, issuer)
    current = issuer
  }
  throw badChain('path does not reach the last certificate')
}

function checkIssued(subject: Parsed, issuer: Parsed): void {
  let valid = false
  try {
    valid = new X509Certificate(subject.der).verify(new X509Certificate(issuer.der).publicKey)
  } catch {
    // OpenSSL cannot read one of them: as good as a wrong signature
  }
  if (!valid) throw badChain('signature of a certificate is wrong')
}

function badChain(message: string): HearthError {
  return new HearthError('network', 'bad-chain', message)
}

/** Throws CodecError. */
function parse(der: Uint8Array): Parsed {
  const body = elements(only(der, TAG.sequence).content)[0]
  if (body?.tag !== TAG.sequence) throw new CodecError('syntax', 'not a certificate')
  const fields = elements(body.content)
  const versioned = fields[0]?.tag === 0xa0
  const [, , issuer, validity, subject, key] = versioned ? fields.slice(1) : fields
  if (issuer === undefined || validity === undefined || subject === undefined || key === undefined) {
    throw new CodecError('truncated', 'certificate lacks fields')
  }
  const [notBefore, notAfter] = elements(validity.content)
  if (notBefore === undefined || notAfter === undefined) throw new CodecError('truncated', 'certificate lacks validity')
  const extensions = fields.find((field) => field.tag === 0xa3)
  return {
    der,
    version: versioned ? (only(fields[0]!.content, TAG.integer).content[0] ?? 0) + 1 : 1,
    issuer: issuer.whole,
    subject: subject.whole,
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    spki: key.whole,
    ...constraints(extensions === undefined ? [] : elements(only(extensions.content, TAG.sequence).content)),
  }
}

function constraints(extensions: readonly Element[]): Pick<Parsed, 'authority' | 'maySignCertificates'> {
  let authority = false
  let maySignCertificates: boolean | undefined
  for (const extension of extensions) {
    const parts = elements(extension.content)
    const type = parts[0]
    const value = parts.at(-1)
    if (type?.tag !== TAG.oid || value?.tag !== TAG.octetString) throw new CodecError('syntax', 'not an extension')
    if (equal(type.content, BASIC_CONSTRAINTS)) {
      const first = elements(only(value.content, TAG.sequence).content)[0]
      authority = first?.tag === TAG.boolean && first.content[0] !== 0
    } else if (equal(type.content, KEY_USAGE)) {
      // keyCertSign is bit 5 of the first byte after the count of unused bits
      maySignCertificates = ((only(value.content, TAG.bitString).content[1] ?? 0) & 0x04) !== 0
    }
  }
  return { authority, maySignCertificates }
}
