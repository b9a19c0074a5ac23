import assert from 'node:assert/strict'
import { fromHex, hex } from '../../core/codec/bytes.ts'
import {
  decodePrivateKey,
  decodePublicKey,
  type KeyAlgorithm,
  type KeyPair,
  narrowPublicKey,
  type PrivateKey,
} from '../../core/codec/keys.ts'

/** Reads fields of records and compares what we make with them. Everything throws on a difference. */

type Fields = Readonly<Record<string, unknown>>

export function object(value: unknown): Fields {
  assert(typeof value === 'object' && value !== null, 'object expected')
  return value as Fields
}

export function text(fields: Fields, name: string): string {
  const value = fields[name]
  assert(typeof value === 'string', `${name}: string expected`)
  return value
}

export function number(fields: Fields, name: string): number {
  const value = fields[name]
  assert(typeof value === 'number', `${name}: number expected`)
  return value
}

export function flag(fields: Fields, name: string): boolean {
  const value = fields[name]
  assert(typeof value === 'boolean', `${name}: boolean expected`)
  return value
}

/** A field in hexadecimal. */
export function bytes(fields: Fields, name: string): Uint8Array {
  const value = text(fields, name)
  assert.match(value, /^(?:[0-9a-f]{2})*$/, `${name}: hexadecimal expected`)
  return fromHex(value)
}

/** `{privDer, privRaw, pubDer, pubRaw}`, each checked against the others. */
export function keyPair<A extends KeyAlgorithm>(value: unknown, ...algorithms: readonly A[]): KeyPair<A> {
  const fields = object(value)
  const publicKey = narrowPublicKey(decodePublicKey(bytes(fields, 'pubDer')), ...algorithms)
  const privateKey = decodePrivateKey(bytes(fields, 'privDer'))
  assert.equal(privateKey.algorithm, publicKey.algorithm)
  assert.equal(hex(publicKey.raw), text(fields, 'pubRaw'))
  assert.equal(hex(privateKey.raw), text(fields, 'privRaw'))
  return { publicKey, privateKey: privateKey as PrivateKey<A> }
}

export function same(actual: Uint8Array, expected: Uint8Array | string, what: string): void {
  assert.equal(hex(actual), typeof expected === 'string' ? expected : hex(expected), what)
}
