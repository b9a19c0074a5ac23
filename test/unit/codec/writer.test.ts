import { expect, test } from 'vitest'
import { encode, Writer } from '../../../core/codec/writer.ts'

test('a byte written exactly where the buffer grows is kept', () => {
  for (let size = 0; size < 300; size++) {
    const bytes = new Writer(4).raw(new Uint8Array(size).fill(7)).u8(9).u16(0x0102).u32(0x03040506).done()
    expect([...bytes.subarray(size)]).toEqual([9, 1, 2, 3, 4, 5, 6])
  }
})

test('what does not fit its length field is refused', () => {
  expect(() => encode((w) => w.short(new Uint8Array(256)))).toThrow('short')
  expect(() => encode((w) => w.large(new Uint8Array(65536)))).toThrow('large')
  expect(() => encode((w) => w.list(new Array(256).fill(0), (item) => item.u8(0)))).toThrow('list')
  expect(() => encode((w) => w.u16(0x10000))).toThrow('0..65535')
  expect(() => encode((w) => w.i64(1n << 63n))).toThrow('64-bit')
})
