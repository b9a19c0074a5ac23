import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, fromHex, latin1, utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { Reader } from '../../../core/codec/reader.ts'
import { encode } from '../../../core/codec/writer.ts'
import {
  formatRouterAddress,
  parseRouterAddress,
  readRouterAddress,
  routerKey,
  sameRouter,
  writeRouterAddress,
} from '../../../core/smp/address.ts'
import { decodeCommand, encodeCommand, maxMessageSize } from '../../../core/smp/commands.ts'
import { readSmpError, routerError, type SmpError, smpErrorCode } from '../../../core/smp/errors.ts'
import { parseHost } from '../../../core/smp/host.ts'
import { decodeMessage, encodeMessage } from '../../../core/smp/messages.ts'
import { command, message, routerAddress, smpError } from './arbitrary.ts'

const RUNS = { seed: 1, numRuns: 400 }

describe('round trips', () => {
  test('commands', () => {
    fc.assert(
      fc.property(command, fc.constantFrom(17, 18), (value, version) => {
        expect(decodeCommand(version, encodeCommand(version, value))).toEqual(value)
      }),
      RUNS,
    )
  })

  test('messages', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeMessage(18, encodeMessage(18, value))).toEqual(value)
      }),
      RUNS,
    )
  })

  test('router addresses, as text and bytes', () => {
    fc.assert(
      fc.property(routerAddress, (value) => {
        const reader = new Reader(encode((w) => writeRouterAddress(w, value)))
        expect(readRouterAddress(reader)).toEqual(value)
        reader.end()
        if (value.hosts.some((host) => host.includes(':'))) return
        expect(parseRouterAddress(formatRouterAddress(value))).toEqual(value)
      }),
      RUNS,
    )
  })

  test('older versions lose only what they cannot say', () => {
    fc.assert(
      fc.property(command, message, fc.integer({ min: 6, max: 16 }), (sent, answered, version) => {
        const old = decodeCommand(version, encodeCommand(version, sent))
        if (typeof old === 'string') throw new Error(old)
        expect(encodeCommand(version, old)).toEqual(encodeCommand(version, sent))
        const answer = encodeMessage(version, answered)
        expect(encodeMessage(version, decodeMessage(version, answer))).toEqual(answer)
      }),
      RUNS,
    )
  })
})

describe('refused input', () => {
  const endless = new Set(['SEND', 'RFWD', 'PFWD', 'MSG', 'RRES', 'PRES', 'INFO', 'ERR'])

  test('commands cut anywhere or with a byte too many', () => {
    fc.assert(
      fc.property(command, fc.nat(), (value, at) => {
        if (endless.has(value.type)) return
        const encoded = encodeCommand(18, value)
        expect(['SYNTAX', 'UNKNOWN']).toContain(decodeCommand(18, encoded.subarray(0, at % encoded.length)))
        expect(['SYNTAX', 'UNKNOWN']).toContain(decodeCommand(18, concat(encoded, Uint8Array.of(0))))
      }),
      RUNS,
    )
  })

  test('messages with a byte too many', () => {
    fc.assert(
      fc.property(message, (value) => {
        if (endless.has(value.type)) return
        expect(() => decodeMessage(18, concat(encodeMessage(18, value), Uint8Array.of(0)))).toThrow(HearthError)
      }),
      RUNS,
    )
  })

  test('values that do not fit their field', () => {
    expect(() => encodeCommand(18, { type: 'ACK', msgId: new Uint8Array(256) })).toThrow(HearthError)
    expect(() =>
      encodeCommand(18, {
        type: 'LSET',
        linkId: new Uint8Array(1),
        data: { fixed: new Uint8Array(65536), user: new Uint8Array(0) },
      }),
    ).toThrow(HearthError)
    expect(() => encodeMessage(18, { type: 'NMSG', nonce: new Uint8Array(23), meta: new Uint8Array(1) })).toThrow(
      HearthError,
    )
  })

  test('a signing key that is not for authorisation', () => {
    const x448 = concat(fromHex('4b455920443042300506032b656f033900'), new Uint8Array(56))
    expect(decodeCommand(18, x448)).toBe('SYNTAX')
  })

  test('passwords with forbidden characters', () => {
    const withPassword = (password: string) =>
      concat(
        fromHex('50525859200101610020'),
        new Uint8Array(32),
        utf8('1'),
        Uint8Array.of(password.length),
        latin1(password),
      )
    for (const bad of ['a b', 'a@b', 'a:b', 'a/b', 'a\n', '\u007f', '\u0085', '\u00a0', '\u00ad']) {
      expect(decodeCommand(18, withPassword(bad))).toBe('SYNTAX')
    }
    for (const good of ['', '!', '\u00a1\u00ac\u00ae\u00ff', 'a'.repeat(255)]) {
      expect(decodeCommand(18, withPassword(good))).toMatchObject({ type: 'PRXY', basicAuth: good })
    }
  })
})

describe('messages of older versions', () => {
  test('what the reference sends instead', () => {
    expect(encodeMessage(15, { type: 'SOK' })).toEqual(utf8('OK'))
    expect(encodeMessage(9, { type: 'DELD' })).toEqual(utf8('END'))
    const blocked: SmpError = { type: 'BLOCKED', info: { reason: 'spam', notice: { ttl: 86400 } } }
    expect(encodeMessage(11, { type: 'ERR', error: blocked })).toEqual(utf8('ERR AUTH'))
    expect(encodeMessage(17, { type: 'ERR', error: blocked })).toEqual(utf8('ERR BLOCKED reason=spam'))
    expect(encodeMessage(18, { type: 'ERR', error: blocked })).toEqual(
      fromHex('45525220424c4f434b454420726561736f6e3d7370616d2c6e6f746963653d7b2274746c223a38363430307d'),
    )
    expect(decodeMessage(18, encodeMessage(18, { type: 'ERR', error: blocked }))).toEqual({
      type: 'ERR',
      error: blocked,
    })
  })

  test('size of messages', () => {
    expect([6, 7, 8, 10, 11, 18].map(maxMessageSize)).toEqual([16088, 16088, 16064, 16064, 16048, 16048])
  })
})

describe('errors', () => {
  const read = (text: string): SmpError => readSmpError(new Reader(utf8(text)))

  test('forms that are only read', () => {
    expect(read('CMD NO_QUEUE')).toEqual({ type: 'CMD', error: 'NO_ENTITY' })
    expect(read('PROXY BROKER NETWORK')).toMatchObject({ error: { error: { error: { type: 'FAILED' } } } })
    expect(read('PROXY BROKER NETWORK CONNECT \u0004host')).toMatchObject({
      error: { error: { error: { type: 'CONNECT', text: 'host' } } },
    })
    expect(read('BLOCKED reason=content,notice={}')).toEqual({
      type: 'BLOCKED',
      info: { reason: 'content', notice: {} },
    })
  })

  test('nesting without end', () => {
    expect(() => read(`${'PROXY PROTOCOL '.repeat(1000)}AUTH`)).toThrow(HearthError)
  })

  test('as errors of ours', () => {
    fc.assert(
      fc.property(smpError, (error) => {
        expect(routerError(error)).toMatchObject({ kind: 'router', code: smpErrorCode(error) })
      }),
      RUNS,
    )
    expect(routerError({ type: 'QUOTA' })).toMatchObject({ code: 'QUOTA', temporary: true })
    expect(routerError({ type: 'AUTH' })).toMatchObject({ code: 'AUTH', temporary: false })
    expect(routerError({ type: 'CMD', error: 'SYNTAX' })).toMatchObject({ code: 'CMD SYNTAX', temporary: false })
    const proxied: SmpError = { type: 'PROXY', error: { type: 'BROKER', error: { type: 'TIMEOUT' } } }
    expect(routerError(proxied)).toMatchObject({ code: 'PROXY BROKER TIMEOUT', temporary: true })
  })
})

describe('addresses', () => {
  const address = parseRouterAddress(
    'smp://AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=@smp.example.com,exampleexample.onion:5223',
  )

  test('the example of smp §1.3', () => {
    expect(address.hosts).toEqual(['smp.example.com', 'exampleexample.onion'])
    expect(address.port).toBe('5223')
    expect(address.keyHash).toEqual(Uint8Array.from({ length: 32 }, (_, i) => i))
  })

  test('the example of smp §1.1', () => {
    const single = { ...address, hosts: ['smp.example.com'] as const }
    expect(encode((w) => writeRouterAddress(w, single))).toEqual(
      fromHex(
        '010f736d702e6578616d706c652e636f6d043532323320000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      ),
    )
  })

  test('identity: hosts and port; maps also tell fingerprints apart', () => {
    const other = { ...address, keyHash: new Uint8Array(32) }
    expect(sameRouter(address, other)).toBe(true)
    expect(routerKey(address)).not.toBe(routerKey(other))
    expect(sameRouter(address, { ...address, port: '' })).toBe(false)
    expect(sameRouter(address, { ...address, hosts: ['smp.example.com'] })).toBe(false)
  })

  test('hosts', () => {
    expect(parseHost('010.0.0.1')).toBe('10.0.0.1')
    expect(parseHost('0127.00.0.0001')).toBe('127.0.0.1')
    expect(parseHost('256.0.0.1')).toBe('256.0.0.1')
    expect(parseHost('10.0.0.1'.replaceAll('.', '-'))).toBe('10-0-0-1')
    // The reference checks three octets and cuts the last to its low byte.
    expect(parseHost('10.0.0.258')).toBe('10.0.0.2')
    expect(parseHost('.onion')).toBe('.onion')
    expect(parseHost('[2001:DB8::1]')).toBe('2001:db8::1')
    expect(parseRouterAddress('smp://AAEC@[::1]:5223').hosts).toEqual(['::1'])
    expect(parseRouterAddress('smp://AAEC@::1').hosts).toEqual(['::1'])
    for (const bad of ['', 'a b', 'a/b', 'a#b', 'a,b', 'A.onion', 'é.example', '[::1', 'x\u0000y']) {
      expect(() => parseHost(bad)).toThrow(HearthError)
    }
    // Addresses that hold an IPv4 address, as the reference writes them; it reads them in brackets alone.
    for (const [text, written] of [
      ['[::ffff:192.0.2.1]', '::ffff:192.0.2.1'],
      ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
      ['[::FFFF:c000:0201]', '::ffff:192.0.2.1'],
      ['::ffff:0:0', '::ffff:0.0.0.0'],
      ['::c000:201', '::192.0.2.1'],
      ['::1:0', '::0.1.0.0'],
      ['::ffff', '::ffff'],
      ['::ffff:0:c000:201', '::ffff:0:c000:201'],
      ['[2001:db8::192.0.2.1]', '2001:db8::c000:201'],
      ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
      ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ] as const) {
      expect(parseHost(text)).toBe(written)
      expect(parseHost(written)).toBe(written)
      expect(parseRouterAddress(`smp://AAEC@${written}`).hosts).toEqual([written])
      expect(parseRouterAddress(`smp://AAEC@[${written}]:5223`).hosts).toEqual([written])
    }
    for (const bad of ['::ffff:192.0.2', '::ffff:192.0.2.256', '::ffff:192.0.02.1', '192.0.2.1::', 'fe80::1%eth0']) {
      expect(() => parseHost(bad)).toThrow(HearthError)
    }
    // What begins like an address of one kind is none of another kind.
    for (const bad of ['10.0.0.1.example.com', '10.0.0.1a', '10.0.0.1.', 'abc.onion.example.com', 'abc.onion2']) {
      expect(() => parseHost(bad)).toThrow(HearthError)
    }
  })

  test('ports are numbers', () => {
    expect(parseRouterAddress('smp://AAEC@h:05223').port).toBe('5223')
    expect(formatRouterAddress(parseRouterAddress('smp://AAEC@h:0'))).toBe('smp://AAEC@h:0')
  })

  test('texts that are not addresses', () => {
    for (const bad of [
      '',
      'smp://',
      'smp://AAEC',
      'smp://AAEC@',
      'smp://AAEC@h:',
      'smp://AAEC@h:0x1',
      'smp://AAEC@h:99999',
      'smp://A@h',
      'smp://AAEC@a,,b',
      ' smp://AAEC@h',
      'smp://AAEC@h/',
    ]) {
      expect(() => parseRouterAddress(bad)).toThrow(HearthError)
    }
  })

  test('long refused texts cost little', () => {
    expect(() => parseRouterAddress(`smp://AAEC@${'a,'.repeat(50_000)}!/`)).toThrow(HearthError)
  })
})
