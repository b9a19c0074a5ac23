import type { PublicKey } from '../../codec/keys.ts'
import { type MsgContent, msgContent } from '../content.ts'
import { type SharedMsgId, sharedMsgId } from '../ids.ts'
import { bytesText, type JsonCodec, type JsonObject, opaqueObject, optional, record, signingKey } from '../json.ts'
import { type Profile, profile } from '../profile.ts'

/** Contact and connection events (chat §2.2). */
export interface ContactEventParams {
  'x.contact': ContactRequest
  'x.info': ProfileInfo
  'x.info.probe': Probe
  'x.info.probe.check': ProbeCheck
  'x.info.probe.ok': Probe
  'x.direct.del': NoParams
  'x.ok': NoParams
  'x.call.inv': JsonObject
  'x.call.offer': JsonObject
  'x.call.answer': JsonObject
  'x.call.extra': JsonObject
  'x.call.end': JsonObject
}

export type NoParams = Readonly<Record<never, never>>

export interface ContactRequest {
  readonly profile: Profile
  /** 16 random bytes; joins repeated requests of one person. */
  readonly contactReqId?: Uint8Array | undefined
  readonly welcomeMsgId?: SharedMsgId | undefined
  /** Together with `content`: the message attached to the request. */
  readonly msgId?: SharedMsgId | undefined
  readonly content?: MsgContent | undefined
  readonly memberKey?: PublicKey<'Ed25519'> | undefined
}

export interface ProfileInfo {
  readonly profile: Profile
  readonly memberKey?: PublicKey<'Ed25519'> | undefined
}

export interface Probe {
  readonly probe: Uint8Array
}

export interface ProbeCheck {
  readonly probeHash: Uint8Array
}

export const noParams: JsonCodec<NoParams> = {
  decode(value) {
    opaqueObject.decode(value)
    return {}
  },
  encode: () => ({}),
}

const contactRequest = record<ContactRequest>({
  profile,
  contactReqId: optional(bytesText(1, 255)),
  welcomeMsgId: optional(sharedMsgId),
  msgId: optional(sharedMsgId),
  content: optional(msgContent),
  memberKey: optional(signingKey),
})

const probe = record<Probe>({ probe: bytesText(1, 255) })

export const contactEvents: { readonly [K in keyof ContactEventParams]: JsonCodec<ContactEventParams[K]> } = {
  'x.contact': contactRequest,
  'x.info': record<ProfileInfo>({ profile, memberKey: optional(signingKey) }),
  'x.info.probe': probe,
  'x.info.probe.check': record<ProbeCheck>({ probeHash: bytesText(1, 255) }),
  'x.info.probe.ok': probe,
  'x.direct.del': noParams,
  'x.ok': noParams,
  'x.call.inv': opaqueObject,
  'x.call.offer': opaqueObject,
  'x.call.answer': opaqueObject,
  'x.call.extra': opaqueObject,
  'x.call.end': opaqueObject,
}
