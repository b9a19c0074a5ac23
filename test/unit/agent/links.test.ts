import { describe, expect, test } from 'vitest'
import {
  type ConnectionRequest,
  formatConnectionRequest,
  parseConnectionRequest,
  readConnectionRequest,
  writeConnectionRequest,
} from '../../../core/agent/links/full-link.ts'
import { parseLink } from '../../../core/agent/links/parse-link.ts'
import { Query } from '../../../core/agent/links/query.ts'
import {
  formatQueueUri,
  parseQueueUri,
  queueInfo,
  readQueueInfo,
  readQueueUri,
  writeQueueInfo,
  writeQueueUri,
} from '../../../core/agent/links/queue-address.ts'
import {
  type ContactLink,
  formatShortLink,
  parseShortLink,
  readShortLink,
  restoreShortLink,
  type ShortLink,
  sameShortLink,
  shortenShortLink,
  writeShortLink,
} from '../../../core/agent/links/short-link.ts'
import { base64url } from '../../../core/codec/base64url.ts'
import { EMPTY, fromHex, hex, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { encodePublicKey } from '../../../core/codec/keys.ts'
import { decode } from '../../../core/codec/reader.ts'
import { encode } from '../../../core/codec/writer.ts'
import type { RouterAddress } from '../../../core/smp/address.ts'
import {
  CONTACT,
  CONTACT_QUEUE,
  DH_KEY,
  DH_KEY_HEX,
  INVITATION,
  MESSAGING_QUEUE,
  ROUTER,
  ROUTER_HEX,
  repeated,
  SENDER_ID,
} from './samples.ts'

const SENDER_HEX = `18${hex(SENDER_ID)}`

describe('worked examples of agent §14.1', () => {
  test('a contact queue announced for versions 1 to 4 has no mode byte', () => {
    const bytes = encode((w) => writeQueueUri(w, CONTACT_QUEUE))
    expect(hex(bytes)).toBe(`00010004${ROUTER_HEX}${SENDER_HEX}${DH_KEY_HEX}`)
    expect(bytes).toHaveLength(125)
    expect(decode(bytes, readQueueUri)).toEqual({ ...CONTACT_QUEUE, mode: undefined })
  })

  test('a messaging queue has one byte more', () => {
    const bytes = encode((w) => writeQueueUri(w, MESSAGING_QUEUE))
    expect(hex(bytes)).toBe(`00010004${ROUTER_HEX}${SENDER_HEX}${DH_KEY_HEX}54`)
    expect(decode(bytes, readQueueUri)).toEqual(MESSAGING_QUEUE)
  })

  test('queue info of version 4', () => {
    const info = queueInfo(MESSAGING_QUEUE, 4)
    const bytes = encode((w) => writeQueueInfo(w, info))
    expect(hex(bytes)).toBe(`0004${ROUTER_HEX}${SENDER_HEX}${DH_KEY_HEX}4d`)
    expect(bytes).toHaveLength(124)
    expect(decode(bytes, readQueueInfo)).toEqual(info)
  })

  test('binary contact request', () => {
    const bytes = encode((w) => writeConnectionRequest(w, CONTACT))
    expect(hex(bytes)).toBe(`430002000701${hex(encode((w) => writeQueueUri(w, CONTACT_QUEUE)))}30`)
    expect(bytes).toHaveLength(132)
    expect(decode(bytes, readConnectionRequest)).toEqual(CONTACT)
  })
})

describe('worked examples of agent §14.2', () => {
  const contact =
    'simplex:/contact#/?v=2-7&smp=smp%3A%2F%2Fqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo%3D%40smp.example.com%2FOuGn5vjgAH9TFnuFxHggO4RFrCt7CS2i%23%2F%3Fv%3D1-4%26dh%3DMCowBQYDK2VuAyEAE75P6uryBMf9M1j8nAByGIHRdCeBKCJ-xnTzf3_pe20%253D%26q%3Dc'
  const invitation =
    'simplex:/invitation#/?v=2-7&smp=smp%3A%2F%2Fqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo%3D%40smp.example.com%2FOuGn5vjgAH9TFnuFxHggO4RFrCt7CS2i%23%2F%3Fv%3D1-4%26dh%3DMCowBQYDK2VuAyEAE75P6uryBMf9M1j8nAByGIHRdCeBKCJ-xnTzf3_pe20%253D%26q%3Dm%26k%3Ds&e2e=v%3D2-3%26x3dh%3DMEIwBQYDK2VvAzkAsaDDgXDplPEbt_KybSuS8I0vdwV40DglMtWKXCiEpJfCd55cfXVJ1nCk8tIomnOjxDTj6lQrZ8s%3D%2CMEIwBQYDK2VvAzkAmOigfcHAtHAdPXkebU4R0siYkZ88Yza5xjjcVDxPbfZkvWTt8n24eHnWGrLlIz5RxVIIw0B5oLY%3D'

  test.each([
    [contact, CONTACT],
    [invitation, INVITATION],
  ] as const)('full link %#', (text, request) => {
    expect(formatConnectionRequest(request)).toBe(text)
    expect(parseConnectionRequest(text)).toEqual(request)
  })

  test('binary invitation', () => {
    const bytes = encode((w) => writeConnectionRequest(w, INVITATION))
    const keys = [INVITATION.e2e.key1, INVITATION.e2e.key2].map((key) => `44${hex(encodePublicKey(key))}`)
    expect(hex(bytes)).toBe(
      `490002000701${hex(encode((w) => writeQueueUri(w, MESSAGING_QUEUE)))}3000020003${keys.join('')}30`,
    )
    expect(bytes).toHaveLength(276)
    expect(decode(bytes, readConnectionRequest)).toEqual(INVITATION)
  })

  test('queue URI with two hosts in the legacy form', () => {
    const text =
      'smp://1234-w==@smp.simplex.im:5223/3456-w==#/?v=1-4&dh=MCowBQYDK2VuAyEAjiswwI3O_NlS8Fk3HJUW870EY2bAwmttMBsvRB9eV3o%3D&q=m&k=s&srv=jjbyvoemxysm7qxap7m5d5m35jzv5qq6gnlv7s4rsn7tdwwmuqciwpid.onion'
    const queue = parseQueueUri(text)
    expect(queue.router.hosts).toEqual([
      'smp.simplex.im',
      'jjbyvoemxysm7qxap7m5d5m35jzv5qq6gnlv7s4rsn7tdwwmuqciwpid.onion',
    ])
    expect(queue.mode).toBe('messaging')
    expect(formatQueueUri(queue)).toBe(text)
  })

  test.each([
    'https://smp.simplex.im/a#MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY?h=jjbyvoemxysm7qxap7m5d5m35jzv5qq6gnlv7s4rsn7tdwwmuqciwpid.onion&p=5223&c=1234-w',
    'simplex:/a#MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY?h=smp.simplex.im%2Cjjbyvoemxysm7qxap7m5d5m35jzv5qq6gnlv7s4rsn7tdwwmuqciwpid.onion&p=5223&c=1234-w',
    'https://smp.simplex.im/a#MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
    'https://smp.simplex.im/i#MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3/MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
  ])('short link %s', (text) => {
    const link = parseShortLink(text)
    expect(hex(link.linkKey)).toBe(hex(utf8('0123456789abcdef0123456789abcdef')))
    if (link.type === 'i') expect(hex(link.linkId)).toBe(hex(utf8('0123456789abcdef01234567')))
    expect(formatShortLink(link)).toBe(text)
    expect(
      sameShortLink(
        decode(
          encode((w) => writeShortLink(w, link)),
          readShortLink,
        ),
        link,
      ),
    ).toBe(true)
  })
})

describe('queue addresses', () => {
  const dh = base64url(encodePublicKey(DH_KEY))
  const base = `smp://${base64url(ROUTER.keyHash)}@smp.example.com/${base64url(SENDER_ID)}`

  test('older text forms', () => {
    const v1 = { ...CONTACT_QUEUE, versions: { min: 1, max: 1 }, mode: undefined }
    expect(parseQueueUri(`${base}#${dh}`)).toEqual(v1)
    expect(parseQueueUri(`${base}/#${dh}`)).toEqual(v1)
    expect(parseQueueUri(`${base}#${dh}/?v=1-4&q=c`)).toEqual(CONTACT_QUEUE)
    expect(parseQueueUri(`${base}#${dh}?v=1-4&q=c`)).toEqual(CONTACT_QUEUE)
    expect(parseQueueUri(`${base}#/?v=1-4&dh=${dh}&k=s`)).toEqual(MESSAGING_QUEUE)
    expect(parseQueueUri(`${base}#/?v=1-4&dh=${dh}&k=s&q=c`)).toEqual(CONTACT_QUEUE)
  })

  test('a mode of tomorrow counts as none, and an empty list of hosts adds none', () => {
    const unknown = { ...CONTACT_QUEUE, mode: undefined }
    expect(parseQueueUri(`${base}#/?v=1-4&dh=${dh}&q=x`)).toEqual(unknown)
    expect(parseQueueUri(`${base}#/?v=1-4&dh=${dh}&q=x&k=s`)).toEqual(MESSAGING_QUEUE)
    expect(parseQueueUri(`${base}#/?v=1-4&dh=${dh}&q=c&srv=`)).toEqual(CONTACT_QUEUE)
  })

  test('routers of version 1 get the onion host that they are known for', () => {
    const text = `smp://${base64url(ROUTER.keyHash)}@smp8.simplex.im/${base64url(SENDER_ID)}#/?v=`
    const onion = 'beccx4yfxxbvyhqypaavemqurytl6hozr47wfc7uuecacjqdvwpw2xid.onion'
    expect(parseQueueUri(`${text}1&dh=${dh}`).router.hosts).toEqual(['smp8.simplex.im', onion])
    expect(parseQueueUri(`${text}1-4&dh=${dh}`).router.hosts).toEqual(['smp8.simplex.im'])
    const info = { ...queueInfo(CONTACT_QUEUE, 1), router: { ...ROUTER, hosts: ['smp8.simplex.im'] as const } }
    const bytes = encode((w) => writeQueueInfo(w, info))
    expect(decode(bytes, readQueueInfo).router.hosts).toEqual(['smp8.simplex.im', onion])
  })

  test('a missing mode does not consume what follows', () => {
    const bytes = encode((w) => {
      writeQueueUri(w, CONTACT_QUEUE)
      w.literal('0')
    })
    const [queue, rest] = decode(bytes, (r) => [readQueueUri(r), r.tail()])
    expect(queue?.mode).toBeUndefined()
    expect(hex(rest!)).toBe('30')
  })

  test.each([
    ['no key', `${base}#/?v=1-4`],
    ['no version', `${base}#/?dh=${dh}`],
    ['empty sender id', `smp://${base64url(ROUTER.keyHash)}@smp.example.com/#/?v=1-4&dh=${dh}`],
    ['a password', `smp://${base64url(ROUTER.keyHash)}:secret@smp.example.com/AAAA#/?v=1-4&dh=${dh}`],
    ['a key of another kind', `${base}#/?v=1-4&dh=${base64url(encodePublicKey(INVITATION.e2e.key1))}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseQueueUri(text)).toThrow(CodecError)
  })

  test('refuses every truncation', () => {
    const bytes = encode((w) => writeQueueInfo(w, queueInfo(MESSAGING_QUEUE, 4)))
    for (let length = 0; length < bytes.length - 1; length++) {
      expect(() => decode(bytes.subarray(0, length), readQueueInfo)).toThrow(CodecError)
    }
    expect(() => decode(fromHex(`${hex(bytes)}00`), readQueueInfo)).toThrow(CodecError)
  })
})

describe('full links', () => {
  test('application data and several queues come back', () => {
    const request: ConnectionRequest = {
      ...INVITATION,
      queues: [MESSAGING_QUEUE, { ...CONTACT_QUEUE, versions: { min: 4, max: 4 } }],
      clientData: '{"groupLinkId":"a b+c&d;é"}',
    }
    expect(parseConnectionRequest(formatConnectionRequest(request))).toEqual(request)
    expect(
      decode(
        encode((w) => writeConnectionRequest(w, request)),
        readConnectionRequest,
      ),
    ).toEqual(request)
  })

  test('application data may be empty', () => {
    const text = formatConnectionRequest({ ...CONTACT, clientData: '' })
    expect(text.endsWith('&data=')).toBe(true)
    expect(parseConnectionRequest(text).clientData).toBe('')
  })

  test('the order of parameters, unknown ones, the scheme and a slash do not matter', () => {
    const [, query = ''] = formatConnectionRequest(CONTACT).split('?')
    const [v, smp] = query.split('&')
    for (const text of [
      `https://simplex.chat/contact/#/?${smp}&x=1&${v}`,
      `https://example.com:8443/contact#/?${v}&${smp}`,
      `simplex:/contact#/?${v};${smp}&v=1`,
    ]) {
      expect(parseConnectionRequest(text)).toEqual(CONTACT)
    }
  })

  test('agent versions of contact links are lifted, those of invitations are not', () => {
    const old = { min: 1, max: 1 }
    expect(parseConnectionRequest(formatConnectionRequest({ ...CONTACT, versions: old })).versions).toEqual({
      min: 2,
      max: 2,
    })
    expect(parseConnectionRequest(formatConnectionRequest({ ...INVITATION, versions: old })).versions).toEqual(old)
  })

  test('the binary form keeps all versions as they are', () => {
    const bytes = encode((w) => writeConnectionRequest(w, { ...CONTACT, versions: { min: 1, max: 1 } }))
    expect(decode(bytes, readConnectionRequest).versions).toEqual({ min: 1, max: 1 })
  })

  test('a KEM proposal is kept, an acceptance refused', () => {
    const publicKey = repeated(0x42, 1158)
    const request: ConnectionRequest = {
      ...INVITATION,
      e2e: { ...INVITATION.e2e, kem: { kind: 'proposed', publicKey } },
    }
    const text = formatConnectionRequest(request)
    expect(parseConnectionRequest(text)).toEqual(request)
    expect(
      decode(
        encode((w) => writeConnectionRequest(w, request)),
        readConnectionRequest,
      ),
    ).toEqual(request)
    const ciphertext = `%26kem_ct%3D${encodeURIComponent(base64url(repeated(1, 1039)))}`
    expect(() => parseConnectionRequest(text + ciphertext)).toThrow('proposal')
    expect(() => parseConnectionRequest(text.replace('QkJC', ''))).toThrow(CodecError)
  })

  test('a KEM key below version 3 is not looked at', () => {
    const text = formatConnectionRequest({
      ...INVITATION,
      e2e: { ...INVITATION.e2e, versions: { min: 2, max: 2 } },
    })
    const parsed = parseConnectionRequest(`${text}%26kem_key%3Dx`)
    expect(parsed.mode === 'invitation' && parsed.e2e.kem).toBeUndefined()
  })
})

describe('short links', () => {
  const link: ContactLink = { type: 'r', scheme: 'https', router: ROUTER, linkKey: repeated(0xcc, 32) }

  test.each(['a', 'c', 'g', 'r'] as const)('type %s', (type) => {
    const text = formatShortLink({ ...link, type })
    expect(parseShortLink(text)).toEqual({ ...link, type })
    expect(parseShortLink(text.replace(`/${type}#`, `/${type.toUpperCase()}/#`))).toEqual({ ...link, type })
  })

  test('a capital I is no type', () => {
    const text = formatShortLink({ ...link, type: 'i', linkId: repeated(1, 24) })
    expect(parseShortLink(text).type).toBe('i')
    expect(() => parseShortLink(text.replace('/i#', '/I#'))).toThrow(CodecError)
  })

  test('a port is a number, and no more hosts are none', () => {
    const text = 'https://h.example/a#zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw'
    expect(parseShortLink(`${text}?p=05223`).router.port).toBe('5223')
    expect(parseShortLink(`${text}?h=&p=443`).router).toEqual({ hosts: ['h.example'], port: '443', keyHash: EMPTY })
  })

  test('equality leaves out the scheme and the key hash', () => {
    const invitation: ShortLink = { ...link, type: 'i', linkId: repeated(1, 24) }
    expect(sameShortLink(link, { ...link, scheme: 'simplex', router: { ...ROUTER, keyHash: EMPTY } })).toBe(true)
    expect(sameShortLink(link, { ...link, type: 'a' })).toBe(false)
    expect(sameShortLink(link, { ...link, linkKey: repeated(1, 32) })).toBe(false)
    expect(sameShortLink(link, { ...link, router: { ...ROUTER, port: '443' } })).toBe(false)
    expect(sameShortLink(link, { ...link, router: { ...ROUTER, hosts: ['other.example.com'] } })).toBe(false)
    expect(sameShortLink(invitation, { ...invitation, linkId: repeated(2, 24) })).toBe(false)
  })

  test.each([
    ['no router', 'simplex:/a#zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw'],
    ['a short key', 'https://h.example/a#zMzM'],
    ['a link id of a contact link', formatShortLink(link).replace('#', '#AAAA/')],
    ['an empty host', 'https://h.example/a#zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw?h=,'],
    ['an empty port', 'https://h.example/a#zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw?p='],
    ['a bad port', 'https://h.example/a#zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw?p=70000'],
    ['text after it', `${formatShortLink(link)} and more`],
  ])('refuses %s', (_, text) => {
    expect(() => parseShortLink(text)).toThrow(CodecError)
  })

  test('binary links refuse truncation and unknown types', () => {
    const bytes = encode((w) => writeShortLink(w, link))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decode(bytes.subarray(0, length), readShortLink)).toThrow(CodecError)
    }
    expect(() => decode(fromHex(hex(bytes).replace('4352', '4358')), readShortLink)).toThrow(CodecError)
  })

  describe('preset routers', () => {
    const preset: RouterAddress = { hosts: ['smp.example.com', 'abc.onion'], port: '', keyHash: repeated(0xaa, 32) }
    const other: RouterAddress = { ...preset, hosts: ['other.example.com'], keyHash: repeated(0xbb, 32) }
    const at = (router: RouterAddress): ContactLink => ({ ...link, router })

    test.each([
      ['the same hosts', preset],
      ['fewer hosts', { ...preset, hosts: ['smp.example.com'] as const }],
      ['the TLS port', { ...preset, port: '443' }],
      ['the default port', { ...preset, port: '5223' }],
    ])('%s: the link is shortened and restored', (_, router) => {
      const short = shortenShortLink(at(router), [other, preset])
      expect(formatShortLink(short)).toBe('https://smp.example.com/r#zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw')
      expect(restoreShortLink(short, [other, preset]).router).toEqual(preset)
    })

    test.each([
      ['another port', { ...preset, port: '7001' }],
      ['another identity', { ...preset, keyHash: repeated(1, 32) }],
      ['a host that the preset has not', { ...preset, hosts: ['smp.example.com', 'def.onion'] as const }],
      ['another first host', { ...preset, hosts: ['abc.onion', 'smp.example.com'] as const }],
    ])('%s: the link stays', (_, router) => {
      expect(shortenShortLink(at(router), [other, preset])).toEqual(at(router))
    })

    test('a link that says more than a host is not restored', () => {
      for (const router of [other, { ...preset, keyHash: EMPTY }, { ...preset, hosts: ['x.example.com'] as const }]) {
        expect(restoreShortLink(at(router), [preset])).toEqual(at(router))
      }
    })
  })
})

describe('any link', () => {
  test('is recognised by its form', () => {
    expect(parseLink(` ${formatConnectionRequest(CONTACT)}\n`)).toEqual({ form: 'full', request: CONTACT })
    const short = 'https://smp.example.com/g#zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw'
    expect(parseLink(short)).toEqual({ form: 'short', link: parseShortLink(short) })
  })

  test.each([
    ['simplex:/name#news', 'group', 'news.simplex'],
    ['simplex:/name#news.example.com', 'group', 'news.example.com'],
    ['simplex:/name@alice', 'contact', 'alice.simplex'],
    ['simplex:/name@alice.testing', 'contact', 'alice.testing'],
  ])('%s is a name', (text, kind, domain) => {
    expect(parseLink(text)).toEqual({ form: 'name', name: { kind, domain } })
  })

  test.each(['', 'x', 'simplex:/name#', 'simplex:/name#a b', 'simplex:/name#a..b', 'https://example.com/'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseLink(text)).toThrow(CodecError)
    },
  )
})

test('queries: first occurrence, escapes, plus and lone percent signs', () => {
  const query = new Query('?a=1&a=2;b=%C3%A9+x&c&d=100%&e=%4')
  expect(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => query.optional(name))).toEqual([
    '1',
    'é x',
    '',
    '100%',
    '%4',
    undefined,
  ])
  expect(() => new Query('a=%ff').optional('a')).toThrow(CodecError)
  expect(new Query('a=%ff').text('a')).toBe('\ufffd')
  expect(() => new Query('a=1 b=2')).toThrow(CodecError)
})
