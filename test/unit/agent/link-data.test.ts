import { describe, expect, test } from 'vitest'
import {
  type ContactUserData,
  decodeFixedData,
  decodeUserData,
  encodeFixedData,
  encodeUserData,
  type FixedLinkData,
  MAX_FIXED_DATA,
  MAX_USER_DATA,
  openLinkData,
  readLinkData,
  readUserBytes,
  sealFixedData,
  sealUserData,
  signLinkData,
  writeUserBytes,
} from '../../../core/agent/links/link-data.ts'
import { contactLinkKeys, invitationDataKey, linkKeyOf } from '../../../core/agent/links/link-keys.ts'
import { mayWrite, type Owner, signOwner, validateOwners, writeOwner } from '../../../core/agent/links/owners.ts'
import { type ContactLink, formatShortLink, type InvitationLink } from '../../../core/agent/links/short-link.ts'
import { concat, hex, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError, HearthError } from '../../../core/codec/error.ts'
import { Reader } from '../../../core/codec/reader.ts'
import { encode } from '../../../core/codec/writer.ts'
import { sha256 } from '../../../core/crypto/hash.ts'
import { hsalsa20Zero } from '../../../core/crypto/hsalsa20.ts'
import { senderIdOf } from '../../../core/smp/sender-id.ts'
import { CONTACT, CORR_ID, INVITATION, pair, ROUTER, ROUTER_HEX, repeated, SENDER_ID } from './samples.ts'

const ROOT = pair('Ed25519', 0x09, 32)
const OWNER_KEY = pair('Ed25519', 0x0a, 32)
const OWNER = signOwner(utf8('owner-1'), OWNER_KEY.publicKey, ROOT.privateKey)
const VERSIONS = { min: 2, max: 7 }
const FIXED: FixedLinkData = {
  versions: VERSIONS,
  rootKey: ROOT.publicKey,
  request: CONTACT,
  entityId: repeated(0x0b, 12),
}
const RELAY: ContactLink = { type: 'r', scheme: 'https', router: ROUTER, linkKey: repeated(0xcc, 32) }
const USER: ContactUserData = {
  kind: 'contact',
  versions: VERSIONS,
  direct: true,
  owners: [OWNER],
  relays: [RELAY],
  data: utf8('{}'),
}
const FIXED_BYTES = encodeFixedData(FIXED)
const LINK_KEY = linkKeyOf(FIXED_BYTES)
const { linkId, dataKey } = contactLinkKeys(LINK_KEY)
const ENC_FIXED = sealFixedData(dataKey, signLinkData(ROOT.privateKey, FIXED_BYTES), repeated(1, 24))
const ENC_USER = sealUserData(dataKey, signLinkData(OWNER_KEY.privateKey, encodeUserData(USER)), repeated(2, 24))
const LINK: ContactLink = { type: 'a', scheme: 'https', router: ROUTER, linkKey: LINK_KEY }

describe('worked example of agent §14.3', () => {
  test('fixed data, its key and ids', () => {
    const contact =
      '43000200070100010004010f736d702e6578616d706c652e636f6d0020aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa183ae1a7e6f8e0007f53167b85c478203b8445ac2b7b092da22c302a300506032b656e03210013be4feaeaf204c7fd3358fc9c00721881d174278128227ec674f37f7fe97b6d30'
    const root = '2c302a300506032b6570032100fd1724385aa0c75b64fb78cd602fa1d991fdebf76b13c58ed702eac835e9f618'
    expect(hex(FIXED_BYTES)).toBe(`00020007${root}${contact}0c0b0b0b0b0b0b0b0b0b0b0b0b`)
    expect(hex(LINK_KEY)).toBe('b026ba7d5c6ede93838cec644b1d90176d06caa4e2e98424a8e6e16faf2f9518')
    expect(hex(linkId)).toBe('3194beb2124c45abf4e30594f29af56d95f9c513c49fd5ac')
    expect(hex(dataKey)).toBe('12303410f1bfd616b31ebb38ae7ddab004464b1a0a2bf11e1b815ac577e175ba')
    expect(hex(invitationDataKey(LINK_KEY))).toBe('22fd100da4b78a3622f049115f99122f802a05e2573411f9e6411f8fbcd35b78')
    expect(hex(hsalsa20Zero(dataKey))).toBe('bbcac40a8a560fc84d7b6502656f97a0e5d66f34da6787d0b7618eb4157da043')
    expect(hex(senderIdOf(CORR_ID))).toBe(hex(SENDER_ID))
  })

  test('signatures, owner and relay', () => {
    expect(hex(signLinkData(ROOT.privateKey, FIXED_BYTES).subarray(0, 65))).toBe(
      '408f60c2423273efae74b2521dfc9687f5cbb1f8a74e472c0f56b91d9088d76a0bee1f7b5af8c1500d56316db78c8738bf9118df7881992761f18171651011cf08',
    )
    expect(hex(encode((w) => writeOwner(w, OWNER)))).toBe(
      '76076f776e65722d312c302a300506032b657003210043a72e714401762df66b68c26dfbdf2682aaec9f2474eca4613e424a0fbafd3c' +
        '4045acfc689658f221e29dc6a02fbd17927b0946fdacbd162a3a3ed00398ee0e5b1f29385463026f6561b25443a5210aa3508f57da83f55e5f78ff39964340690f',
    )
    const user = hex(encodeUserData(USER))
    expect(user).toBe(
      `43000200075401${hex(encode((w) => writeOwner(w, OWNER)))}014352${ROUTER_HEX}20${'cc'.repeat(32)}027b7d`,
    )
    expect(user).toHaveLength(216 * 2)
  })

  test('encrypted blobs and links', () => {
    expect(ENC_FIXED).toHaveLength(2048)
    expect(hex(ENC_FIXED.subarray(24, 56))).toBe('aafb17e55c04db5e6ea9221789100d31e90e57abdfb7ece8a3761212a0c57903')
    expect(hex(sha256(ENC_FIXED))).toBe('96b83b984224b3df8cedf99a510c911dbf0e4c7a6e3c9399d0ae75b26a49c89a')
    expect(ENC_USER).toHaveLength(13824)
    expect(hex(ENC_USER.subarray(24, 56))).toBe('f583efdfa56085754fb685b2e32a47c978d68a4f1288860403e3c5313fb8cd8d')
    expect(hex(sha256(ENC_USER))).toBe('5690d18a40288669704790ec3a1c7339c12a652d8494ce65826c84bf77dae2bc')
    expect(formatShortLink(LINK)).toBe(
      'https://smp.example.com/a#sCa6fVxu3pODjOxkSx2QF20GyqTi6YQkqObhb68vlRg?c=qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo',
    )
    expect(formatShortLink({ ...LINK, scheme: 'simplex' })).toBe(
      'simplex:/a#sCa6fVxu3pODjOxkSx2QF20GyqTi6YQkqObhb68vlRg?h=smp.example.com&c=qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo',
    )
    expect(hex(encode((w) => writeUserBytes(w, repeated(0, 300))).subarray(0, 3))).toBe('ff012c')
  })

  test('opens again', () => {
    const opened = openLinkData(LINK_KEY, dataKey, { fixed: ENC_FIXED, user: ENC_USER })
    expect(opened).toEqual({ fixed: FIXED, user: USER })
  })
})

describe('encodings', () => {
  test.each([0, 1, 254, 255, 13000])('%i bytes of user data', (size) => {
    const contact = { ...USER, data: repeated(7, size) }
    expect(decodeUserData(encodeUserData(contact))).toEqual(contact)
    const invitation = { kind: 'invitation', versions: VERSIONS, data: repeated(7, size) } as const
    expect(decodeUserData(encodeUserData(invitation))).toEqual(invitation)
  })

  test('255 bytes after a one-byte length are read too', () => {
    const json = concat(utf8('{"a":"'), repeated(0x62, 247), utf8('"}'))
    expect(readUserBytes(new Reader(concat(Uint8Array.of(255), json)))).toEqual(json)
  })

  test('the entity id may be absent, and later versions may append', () => {
    const plain = encodeFixedData({ ...FIXED, entityId: undefined })
    expect(decodeFixedData(plain).entityId).toBeUndefined()
    expect(decodeFixedData(concat(FIXED_BYTES, utf8('more')))).toEqual(FIXED)
    expect(decodeFixedData(concat(plain, Uint8Array.of(9, 1)))).toEqual({ ...FIXED, entityId: undefined })
    expect(decodeUserData(concat(encodeUserData(USER), utf8('more')))).toEqual(USER)
  })

  test('truncated user data are refused', () => {
    const bytes = encodeUserData(USER)
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeUserData(bytes.subarray(0, length))).toThrow(CodecError)
    }
  })

  test('the largest data fit, one byte more does not', () => {
    const signed = (size: number) => signLinkData(ROOT.privateKey, repeated(1, size))
    expect(MAX_FIXED_DATA).toBe(1941)
    expect(MAX_USER_DATA).toBe(13717)
    expect(sealFixedData(dataKey, signed(MAX_FIXED_DATA), repeated(1, 24))).toHaveLength(2048)
    expect(sealUserData(dataKey, signed(MAX_USER_DATA), repeated(1, 24))).toHaveLength(13824)
    expect(() => sealFixedData(dataKey, signed(MAX_FIXED_DATA + 1), repeated(1, 24))).toThrow(HearthError)
    expect(() => sealUserData(dataKey, signed(MAX_USER_DATA + 1), repeated(1, 24))).toThrow(HearthError)
  })
})

describe('owners', () => {
  const second = pair('Ed25519', 0x0c, 32)
  const stranger = pair('Ed25519', 0x0d, 32)
  const owner2 = signOwner(utf8('owner-2'), second.publicKey, OWNER_KEY.privateKey)
  const validate = (...owners: Owner[]) => validateOwners(ROOT.publicKey, owners)

  test('each is authorised by the root or somebody before it', () => {
    validate()
    validate(OWNER)
    validate(OWNER, owner2)
    expect(() => validate(owner2, OWNER)).toThrow('invalid authorization of owner ID b3duZXItMg')
    expect(() => validate(OWNER, signOwner(utf8('x'), second.publicKey, stranger.privateKey))).toThrow('invalid')
    expect(() => validate({ ...OWNER, id: utf8('owner-3') })).toThrow('invalid')
  })

  test('neither ids nor keys may repeat, and the root is no owner', () => {
    expect(() => validate(OWNER, OWNER)).toThrow('duplicate owner key or ID b3duZXItMQ')
    expect(() => validate(OWNER, signOwner(OWNER.id, second.publicKey, ROOT.privateKey))).toThrow('duplicate')
    expect(() => validate(OWNER, signOwner(utf8('x'), OWNER.key, ROOT.privateKey))).toThrow('duplicate')
    expect(() => validate(signOwner(utf8('r'), ROOT.publicKey, ROOT.privateKey))).toThrow('matches root key')
  })

  test('who may write', () => {
    expect(mayWrite(ROOT.privateKey, ROOT.publicKey, [])).toBe(true)
    expect(mayWrite(OWNER_KEY.privateKey, ROOT.publicKey, [OWNER])).toBe(true)
    expect(mayWrite(stranger.privateKey, ROOT.publicKey, [OWNER])).toBe(false)
  })
})

describe('reading', () => {
  const stored = { senderId: SENDER_ID, fixed: ENC_FIXED, user: ENC_USER }
  const user = (data: ContactUserData, key = ROOT.privateKey) =>
    sealUserData(dataKey, signLinkData(key, encodeUserData(data)), repeated(3, 24))
  const reason = (link: ContactLink | InvitationLink, data: typeof stored): string => {
    try {
      readLinkData(link, data)
      return 'opened'
    } catch (error) {
      if (!(error instanceof HearthError)) throw error
      return error.code === 'A_LINK' ? error.message : `${error.kind} ${error.code}`
    }
  }

  test('the data lead to the router of the link, as the link names it', () => {
    const router = { ...ROUTER, hosts: ['smp.example.com', 'abc.onion'] as const, port: '443' }
    const { fixed } = readLinkData({ ...LINK, router }, stored)
    expect(fixed.request.queues[0].router).toEqual(router)
    expect(fixed.request.queues[0].senderId).toEqual(SENDER_ID)
  })

  test('another address is refused', () => {
    const elsewhere = { ...LINK, router: { ...ROUTER, hosts: ['other.example.com'] as const } }
    expect(reason(elsewhere, stored)).toBe('different address')
    expect(reason(LINK, { ...stored, senderId: repeated(1, 24) })).toBe('different address')
  })

  test('what was changed is refused', () => {
    const damaged = (blob: Uint8Array) => blob.map((byte, i) => (i === 100 ? byte ^ 1 : byte))
    expect(reason(LINK, { ...stored, fixed: damaged(ENC_FIXED) })).toBe('crypto box')
    expect(reason(LINK, { ...stored, user: damaged(ENC_USER) })).toBe('crypto box')
    expect(reason({ ...LINK, linkKey: repeated(1, 32) }, stored)).toBe('crypto box')
    expect(reason(LINK, { ...stored, fixed: new Uint8Array(5) })).toBe('codec truncated')
    expect(reason(LINK, { ...stored, user: ENC_FIXED })).toMatch(/^codec/)
    const other = encodeFixedData({ ...FIXED, entityId: undefined })
    const fixed = sealFixedData(dataKey, signLinkData(ROOT.privateKey, other), repeated(1, 24))
    expect(reason(LINK, { ...stored, fixed })).toBe('link data hash')
    const forged = sealFixedData(dataKey, signLinkData(OWNER_KEY.privateKey, FIXED_BYTES), repeated(1, 24))
    expect(reason(LINK, { ...stored, fixed: forged })).toBe('link data signature')
  })

  test('user data of strangers and unauthorised owners are refused', () => {
    const stranger = pair('Ed25519', 0x0d, 32)
    const owner = signOwner(utf8('s'), stranger.publicKey, stranger.privateKey)
    expect(reason(LINK, { ...stored, user: user(USER, stranger.privateKey) })).toBe('user data signature')
    expect(reason(LINK, { ...stored, user: user({ ...USER, owners: [owner] }, stranger.privateKey) })).toBe(
      'invalid authorization of owner ID cw',
    )
    expect(reason(LINK, { ...stored, user: user(USER) })).toBe('opened')
  })

  test('a one-time link has its own key, and its user data are signed by the root only', () => {
    const fixed = encodeFixedData({ ...FIXED, request: INVITATION })
    const linkKey = linkKeyOf(fixed)
    const key = invitationDataKey(linkKey)
    const link: InvitationLink = { type: 'i', scheme: 'https', router: ROUTER, linkKey, linkId: repeated(5, 24) }
    const data = encodeUserData({ kind: 'invitation', versions: VERSIONS, data: utf8('hello') })
    const sealed = (signer: typeof ROOT.privateKey, content = data) => ({
      senderId: SENDER_ID,
      fixed: sealFixedData(key, signLinkData(ROOT.privateKey, fixed), repeated(1, 24)),
      user: sealUserData(key, signLinkData(signer, content), repeated(2, 24)),
    })
    const opened = readLinkData(link, sealed(ROOT.privateKey))
    expect(opened.fixed.request).toEqual(INVITATION)
    expect(opened.user.data).toEqual(utf8('hello'))
    expect(reason(link, sealed(OWNER_KEY.privateKey))).toBe('user data signature')
    expect(reason(link, sealed(ROOT.privateKey, encodeUserData(USER)))).toBe('codec syntax')
  })
})
