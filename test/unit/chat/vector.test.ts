import { describe, expect, test } from 'vitest'
import { signOwner, validateOwners, writeOwner } from '../../../core/agent/links/owners.ts'
import { encodeBinaryBatch } from '../../../core/chat/batch.ts'
import { parseBody } from '../../../core/chat/container.ts'
import { encodeForwarded, encodeSigned } from '../../../core/chat/element.ts'
import { receiveElement } from '../../../core/chat/incoming.ts'
import { bytesText, signingKey } from '../../../core/chat/json.ts'
import { decodeMessage, encodeMessage } from '../../../core/chat/message.ts'
import { decodeRoster, encodeRoster } from '../../../core/chat/roster.ts'
import { relayGroupBinding, signBody, signedBytes, verifySigned } from '../../../core/chat/signing.ts'
import { base64url } from '../../../core/codec/base64url.ts'
import { concat, fromHex, hex, utf8 } from '../../../core/codec/bytes.ts'
import { encode } from '../../../core/codec/writer.ts'
import { sha256 } from '../../../core/crypto/hash.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import { GROUP_ID, MEMBER, MEMBER_ID, MEMBER_PUBLIC, ROOT } from './samples.ts'

/** Every row of the table in chat §6.2. */
const BODY = utf8('{"v":"9-19","msgId":"MTIzNDU2Nzg5MDEyMzQ1Ng==","event":"x.grp.leave","params":{}}')
const SIGNATURE =
  'cbd7ab6a7a1e49610b70ba6303f4dcd71faece094007093d084315aea9e169130f3eb788cafaab3ab34549ce4333b95e42c6eefcbd8cee9ef114ecb4a905a307'
const BINDING = relayGroupBinding(GROUP_ID, MEMBER_ID)
const SENDER = { type: 'member', memberId: MEMBER_ID, name: 'alice' } as const
const FORWARDED = { sender: SENDER, ts: Date.UTC(2026, 0, 1) / 1000 }

describe('worked example of chat §6.2', () => {
  test('root key and group id', () => {
    const root = publicKeyOf(ROOT)
    expect(hex(root.raw)).toBe('8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c')
    expect(hex(sha256(root.raw))).toBe(hex(GROUP_ID))
    expect(base64url(GROUP_ID)).toBe('NHUPmL1Z_PyUbaRaqr6TO-FUpLUJThxKv0KGZQXzyX4=')
  })

  test('member id and key in JSON', () => {
    expect(bytesText(1, 255).encode(MEMBER_ID)).toBe('QUFFQ0F3UUZCZ2NJQ1FvTA==')
    expect(signingKey.encode(MEMBER_PUBLIC)).toBe('MCowBQYDK2VwAyEAgTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q=')
  })

  test('body, written by this program, is the same', () => {
    expect(BODY.length).toBe(81)
    expect(encodeMessage(decodeMessage(BODY))).toEqual(BODY)
  })

  test('signed bytes, signature and element', () => {
    expect(signedBytes(BINDING, BODY).length).toBe(132)
    const signed = signBody(MEMBER, BINDING, BODY)
    expect(signed.signatures.map(hex)).toEqual([SIGNATURE])
    const element = encodeSigned(signed)
    expect(hex(element.subarray(0, 5))).toBe('2f4701 4d40'.replace(' ', ''))
    expect(element.length).toBe(150)
    expect(verifySigned(signed, BINDING, MEMBER_PUBLIC)).toBe(true)
  })

  test('forward and batch', () => {
    const element = encodeSigned(signBody(MEMBER, BINDING, BODY))
    const forwarded = encodeForwarded(FORWARDED, element)
    const prefix = '3e4d1041414543417751464267634943516f4c05616c696365000000006955b900'
    expect(hex(forwarded.subarray(0, prefix.length / 2))).toBe(prefix)
    const batch = encodeBinaryBatch([forwarded])
    expect(hex(batch.subarray(0, 4))).toBe('3d0100b7')
    expect(batch.length).toBe(187)
    expect(hex(sha256(batch))).toBe('87230a2be21b99ef08b8b58bda90962c97524006ed8151e840d719f3f79254ff')
  })

  test('batch read back and verified as a member would', () => {
    const batch = encodeBinaryBatch([encodeForwarded(FORWARDED, encodeSigned(signBody(MEMBER, BINDING, BODY)))])
    const [element, ...rest] = parseBody(batch)
    expect(rest).toEqual([])
    if (element?.type !== 'message') throw new Error('message expected')
    expect(element.forwarded).toEqual(FORWARDED)
    expect(element.body).toEqual(BODY)
    const member = { memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'observer' }
    const group = {
      relayGroup: true,
      publicGroupId: GROUP_ID,
      receiverRole: 'observer',
      peer: { memberId: utf8('relay'), key: undefined, role: 'relay' },
      member: () => member,
    }
    expect(receiveElement(element, group)).toMatchObject({ type: 'event', verification: 'verified' })
    const otherGroup = { ...group, publicGroupId: new Uint8Array(32) }
    expect(receiveElement(element, otherGroup)).toMatchObject({ type: 'rejected' })
  })

  test('owner authorisation', () => {
    const owner = signOwner(MEMBER_ID, MEMBER_PUBLIC, ROOT)
    expect(hex(owner.signature)).toBe(
      '723eb5ca8b700eec6d546cbad3662738724e94149a97c63080b0abbf248d495622a9f7577f1852eb96c4025d824f7ca6d7d05bbfbb7786628a21281bd5c5080b',
    )
    const encoded = encode((writer) => writeOwner(writer, owner))
    expect(encoded.length).toBe(128)
    expect(hex(encoded.subarray(0, 3))).toBe('7f1041')
    validateOwners(publicKeyOf(ROOT), [owner])
  })

  test('roster blob', () => {
    const blob = fromHex(
      '00011041414543417751464267634943516f4c2c302a300506032b65700321008139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394096d6f64657261746f720000',
    )
    const entries = [{ memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'moderator' }]
    expect(encodeRoster(entries)).toEqual(blob)
    expect(decodeRoster(blob)).toEqual(entries)
  })

  test('a changed bit anywhere in the signed bytes is refused', () => {
    const signed = signBody(MEMBER, BINDING, BODY)
    for (let i = 0; i < BODY.length; i++) {
      const body = BODY.slice()
      body[i]! ^= 1
      expect(verifySigned({ ...signed, body }, BINDING, MEMBER_PUBLIC)).toBe(false)
    }
    const moved = relayGroupBinding(GROUP_ID, concat(MEMBER_ID, utf8('x')))
    expect(verifySigned(signed, moved, MEMBER_PUBLIC)).toBe(false)
  })
})
