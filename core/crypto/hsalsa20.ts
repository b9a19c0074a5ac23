/**
 * HSalsa20 with a zero input block, the first step of the network's box (smp §2.5):
 *
 *     x0  x1  x2  x3       c0 k0 k1 k2      c = "expand 32-byte k"
 *     x4  x5  x6  x7   =   k3 c1 n0 n1      n = 0
 *     x8  x9  x10 x11      n2 n3 c2 k4
 *     x12 x13 x14 x15      k5 k6 k7 c3
 *
 * Twenty Salsa20 rounds without the final addition; x0 x5 x10 x15 x6 x7 x8 x9 come out, little-endian.
 */
export function hsalsa20Zero(key: Uint8Array): Uint8Array {
  const k = new DataView(key.buffer, key.byteOffset, 32)
  let x0 = 0x61707865
  let x1 = k.getInt32(0, true)
  let x2 = k.getInt32(4, true)
  let x3 = k.getInt32(8, true)
  let x4 = k.getInt32(12, true)
  let x5 = 0x3320646e
  let x6 = 0
  let x7 = 0
  let x8 = 0
  let x9 = 0
  let x10 = 0x79622d32
  let x11 = k.getInt32(16, true)
  let x12 = k.getInt32(20, true)
  let x13 = k.getInt32(24, true)
  let x14 = k.getInt32(28, true)
  let x15 = 0x6b206574

  for (let round = 0; round < 20; round += 2) {
    x4 ^= rotate(x0 + x12, 7)
    x8 ^= rotate(x4 + x0, 9)
    x12 ^= rotate(x8 + x4, 13)
    x0 ^= rotate(x12 + x8, 18)
    x9 ^= rotate(x5 + x1, 7)
    x13 ^= rotate(x9 + x5, 9)
    x1 ^= rotate(x13 + x9, 13)
    x5 ^= rotate(x1 + x13, 18)
    x14 ^= rotate(x10 + x6, 7)
    x2 ^= rotate(x14 + x10, 9)
    x6 ^= rotate(x2 + x14, 13)
    x10 ^= rotate(x6 + x2, 18)
    x3 ^= rotate(x15 + x11, 7)
    x7 ^= rotate(x3 + x15, 9)
    x11 ^= rotate(x7 + x3, 13)
    x15 ^= rotate(x11 + x7, 18)

    x1 ^= rotate(x0 + x3, 7)
    x2 ^= rotate(x1 + x0, 9)
    x3 ^= rotate(x2 + x1, 13)
    x0 ^= rotate(x3 + x2, 18)
    x6 ^= rotate(x5 + x4, 7)
    x7 ^= rotate(x6 + x5, 9)
    x4 ^= rotate(x7 + x6, 13)
    x5 ^= rotate(x4 + x7, 18)
    x11 ^= rotate(x10 + x9, 7)
    x8 ^= rotate(x11 + x10, 9)
    x9 ^= rotate(x8 + x11, 13)
    x10 ^= rotate(x9 + x8, 18)
    x12 ^= rotate(x15 + x14, 7)
    x13 ^= rotate(x12 + x15, 9)
    x14 ^= rotate(x13 + x12, 13)
    x15 ^= rotate(x14 + x13, 18)
  }

  const out = new Uint8Array(32)
  const view = new DataView(out.buffer)
  view.setInt32(0, x0, true)
  view.setInt32(4, x5, true)
  view.setInt32(8, x10, true)
  view.setInt32(12, x15, true)
  view.setInt32(16, x6, true)
  view.setInt32(20, x7, true)
  view.setInt32(24, x8, true)
  view.setInt32(28, x9, true)
  return out
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
