import { gcm } from '@noble/ciphers/aes.js'
import { x448 } from '@noble/curves/ed448.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha512 } from '@noble/hashes/sha2.js'

/**
 * A slow and obvious double ratchet without KEM, written from agent §3 and §4 with other libraries and without sharing
 * code: one mutable object, every key tried, bytes put together by hand.
 */
export class TwinRatchet {
  ad: Uint8Array = new Uint8Array()
  version: number
  root: Uint8Array = new Uint8Array()
  dh: Uint8Array = new Uint8Array()
  sendChain: Uint8Array | undefined
  sendHeader: Uint8Array | undefined
  receiveChain: Uint8Array | undefined
  receiveHeader: Uint8Array | undefined
  nextSendHeader: Uint8Array = new Uint8Array()
  nextReceiveHeader: Uint8Array = new Uint8Array()
  sent = 0
  received = 0
  previouslySent = 0
  skipped: { header: Uint8Array; number: number; key: Uint8Array; iv: Uint8Array }[] = []
  readonly random: () => Uint8Array

  constructor(version: number, random: () => Uint8Array) {
    this.version = version
    this.random = random
  }

  /** `own`: both private keys of the link; `peer`: both public keys of the confirmation. */
  startAsInitiator(own: readonly [Uint8Array, Uint8Array], peer: readonly [Uint8Array, Uint8Array]): void {
    const [rk1, rk2] = own
    const [sk1, sk2] = peer
    const ikm = bytes(shared(rk1, sk2), shared(rk2, sk1), shared(rk2, sk2))
    const keys = kdf(new Uint8Array(64), ikm, 'SimpleXX3DH')
    this.ad = bytes(sk1, x448.getPublicKey(rk1))
    this.dh = rk2
    this.nextReceiveHeader = keys[0]
    this.nextSendHeader = keys[1]
    this.root = keys[2]
  }

  startAsJoiner(own: readonly [Uint8Array, Uint8Array], peer: readonly [Uint8Array, Uint8Array], dh: Uint8Array): void {
    const [sk1, sk2] = own
    const [rk1, rk2] = peer
    const ikm = bytes(shared(sk2, rk1), shared(sk1, rk2), shared(sk2, rk2))
    const keys = kdf(new Uint8Array(64), ikm, 'SimpleXX3DH')
    this.ad = bytes(x448.getPublicKey(sk1), rk1)
    this.dh = dh
    this.sendHeader = keys[0]
    this.nextReceiveHeader = keys[1]
    const root = kdf(keys[2], shared(dh, rk2), 'SimpleXRootRatchet')
    this.root = root[0]
    this.sendChain = root[1]
    this.nextSendHeader = root[2]
  }

  encrypt(plaintext: Uint8Array, padded: number): Uint8Array {
    if (this.sendChain === undefined || this.sendHeader === undefined) throw new Error('cannot send yet')
    const [next, key, ivs] = kdf(new Uint8Array(), this.sendChain, 'SimpleXChainRatchet')
    this.sendChain = next
    const der = bytes(hexBytes('443042300506032b656f033900'), x448.getPublicKey(this.dh))
    const header = bytes(
      u16(3),
      der,
      this.version >= 3 ? text('0') : new Uint8Array(),
      u32(this.previouslySent),
      u32(this.sent++),
    )
    const sealedHeader = seal(this.sendHeader, ivs.slice(16), this.ad, pad(header, 88))
    const encHeader = bytes(
      u16(this.version),
      ivs.slice(16),
      sealedHeader.slice(-16),
      this.length(sealedHeader.length - 16),
      sealedHeader.slice(0, -16),
    )
    const body = seal(key, ivs.slice(0, 16), bytes(this.ad, encHeader), pad(plaintext, padded))
    return bytes(this.length(encHeader.length), encHeader, body.slice(-16), body.slice(0, -16))
  }

  /** The plaintext, or why there is none. */
  decrypt(message: Uint8Array): Uint8Array | string {
    const wide = message[0]! < 32
    const size = wide ? 2 : 1
    const headerLength = wide ? message[0]! * 256 + message[1]! : message[0]!
    const encHeader = message.slice(size, size + headerLength)
    const rest = message.slice(size + headerLength)
    const body = bytes(rest.slice(16), rest.slice(0, 16))
    const open = (key: Uint8Array, iv: Uint8Array) => {
      const plaintext = unseal(key, iv, bytes(this.ad, encHeader), body)
      return plaintext === undefined ? 'body' : plaintext.slice(2, 2 + plaintext[0]! * 256 + plaintext[1]!)
    }

    for (const { header: headerKey } of this.skipped) {
      const header = this.openHeader(headerKey, encHeader)
      if (header === undefined) continue
      const stored = this.skipped.find((entry) => same(entry.header, headerKey) && entry.number === header.number)
      if (stored === undefined) break
      this.skipped = this.skipped.filter((entry) => entry !== stored)
      return open(stored.key, stored.iv)
    }

    let header = this.receiveHeader && this.openHeader(this.receiveHeader, encHeader)
    if (header === undefined) {
      header = this.openHeader(this.nextReceiveHeader, encHeader)
      if (header === undefined) return 'header'
      this.version = Math.max(this.version, Math.min(header.maximum, 3))
      const failure = this.skipTo(header.previous)
      if (failure !== undefined) return failure
      this.step(header.key)
    }
    this.version = Math.max(this.version, Math.min(header.maximum, 3))
    const failure = this.skipTo(header.number)
    if (failure !== undefined) return failure
    const { key, iv } = this.nextReceived()
    return open(key, iv)
  }

  private openHeader(key: Uint8Array, encHeader: Uint8Array) {
    const v3 = encHeader[1]! >= 3
    const sealed = encHeader.slice(34 + (v3 ? 2 : 1))
    const padded = unseal(key, encHeader.slice(2, 18), this.ad, bytes(sealed, encHeader.slice(18, 34)))
    if (padded === undefined) return undefined
    const header = padded.slice(2)
    const numbers = new DataView(header.buffer, header.byteOffset + 2 + 69 + (v3 ? 1 : 0))
    return {
      maximum: header[0]! * 256 + header[1]!,
      key: header.slice(2 + 13, 2 + 69),
      previous: numbers.getUint32(0),
      number: numbers.getUint32(4),
    }
  }

  private skipTo(number: number): string | undefined {
    if (this.receiveChain === undefined) return undefined
    if (number + 1 === this.received) return 'duplicate'
    if (number < this.received) return 'earlier'
    if (number - this.received > 512) return 'skipped'
    while (this.received < number) {
      const entry = { header: this.receiveHeader!, number: this.received }
      this.skipped.push({ ...entry, ...this.nextReceived() })
    }
    return undefined
  }

  private nextReceived() {
    const [next, key, ivs] = kdf(new Uint8Array(), this.receiveChain!, 'SimpleXChainRatchet')
    this.receiveChain = next
    this.received++
    return { key, iv: ivs.slice(0, 16) }
  }

  private step(peer: Uint8Array): void {
    const first = kdf(this.root, shared(this.dh, peer), 'SimpleXRootRatchet')
    this.dh = this.random()
    const second = kdf(first[0], shared(this.dh, peer), 'SimpleXRootRatchet')
    this.receiveHeader = this.nextReceiveHeader
    this.sendHeader = this.nextSendHeader
    this.receiveChain = first[1]
    this.nextReceiveHeader = first[2]
    this.root = second[0]
    this.sendChain = second[1]
    this.nextSendHeader = second[2]
    this.previouslySent = this.sent
    this.sent = 0
    this.received = 0
  }

  private length(size: number): Uint8Array {
    return this.version >= 3 ? u16(size) : Uint8Array.of(size)
  }
}

function kdf(salt: Uint8Array, ikm: Uint8Array, info: string): [Uint8Array, Uint8Array, Uint8Array] {
  const out = hkdf(sha512, ikm, salt, text(info), 96)
  return [out.slice(0, 32), out.slice(32, 64), out.slice(64, 96)]
}

function shared(own: Uint8Array, peer: Uint8Array): Uint8Array {
  return x448.getSharedSecret(own, peer)
}

/** Ciphertext, then tag. */
function seal(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, message: Uint8Array): Uint8Array {
  return gcm(key, iv, ad).encrypt(message)
}

function unseal(key: Uint8Array, iv: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  try {
    return gcm(key, iv, ad).decrypt(sealed)
  } catch {
    return undefined
  }
}

function pad(message: Uint8Array, size: number): Uint8Array {
  return bytes(u16(message.length), message, text('#'.repeat(size - 2 - message.length)))
}

function bytes(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

function hexBytes(hex: string): Uint8Array {
  return new Uint8Array(hex.match(/../g)!.map((digits) => Number.parseInt(digits, 16)))
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255)
}

function u32(value: number): Uint8Array {
  return bytes(u16(value >>> 16), u16(value & 65535))
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i])
}
