import type { PublicKey } from '../../codec/keys.ts'
import { type MemberId, memberId } from '../ids.ts'
import { type Extensions, extensions, type GroupRelayInvitation, groupRelayInvitation } from '../invitations.ts'
import { bytesText, integer, type JsonCodec, type Open, openText, optional, record, signingKey, text } from '../json.ts'
import { type Profile, profile } from '../profile.ts'

/** Events of groups served by super-peers (chat §2.8). */
export interface RelayEventParams {
  'x.member': JoinRequest
  'x.grp.relay.inv': { readonly groupRelayInvitation: GroupRelayInvitation }
  'x.grp.relay.acpt': RelayAcceptance
  'x.grp.relay.reject': { readonly reason: Open<'rejoin_rejected'> }
  'x.grp.relay.test': RelayTest
  'x.grp.relay.new': { readonly relayLink: string }
  'x.grp.relay.cap': { readonly relayCap: RelayCapabilities }
  'x.grp.roster': RosterHeader
  'x.grp.roster.ack': RosterAcknowledgement
  'x.grp.roster.request': { readonly version?: number | undefined }
}

/** Joining through a super-peer link; the whole message is signed by `newMemberKey`. */
export interface JoinRequest {
  readonly profile: Profile
  readonly newMemberId: MemberId
  readonly newMemberKey: PublicKey<'Ed25519'>
  /** The super-peer's own member id. */
  readonly viaRelay?: MemberId | undefined
  readonly ext?: Extensions | undefined
}

export interface RelayCapabilities {
  readonly webDomain?: string | undefined
  readonly ext?: Extensions | undefined
}

export interface RelayAcceptance {
  readonly relayLink: string
  /** Always written; absence reads as empty. */
  readonly relayCap?: RelayCapabilities | undefined
}

export interface RelayTest {
  /** 32 random bytes. */
  readonly challenge: Uint8Array
  readonly signature?: Uint8Array | undefined
}

export interface RosterHeader {
  readonly version: number
  readonly fileInv: RosterFile
}

export interface RosterFile {
  readonly fileSize: number
  /** SHA-512 of the blob. */
  readonly fileDigest: Uint8Array
}

export interface RosterAcknowledgement {
  readonly version: number
  readonly error?: string | undefined
}

const relayCapabilities = record<RelayCapabilities>({ webDomain: optional(text), ext: optional(extensions) })

export const relayEvents: { readonly [K in keyof RelayEventParams]: JsonCodec<RelayEventParams[K]> } = {
  'x.member': record<JoinRequest>({
    profile,
    newMemberId: memberId,
    newMemberKey: signingKey,
    viaRelay: optional(memberId),
    ext: optional(extensions),
  }),
  'x.grp.relay.inv': record<RelayEventParams['x.grp.relay.inv']>({ groupRelayInvitation }),
  'x.grp.relay.acpt': record<RelayAcceptance>({ relayLink: text, relayCap: optional(relayCapabilities) }),
  'x.grp.relay.reject': record<RelayEventParams['x.grp.relay.reject']>({ reason: openText<'rejoin_rejected'>() }),
  'x.grp.relay.test': record<RelayTest>({
    challenge: bytesText(1, 255),
    signature: optional(bytesText(64, 64)),
  }),
  'x.grp.relay.new': record<RelayEventParams['x.grp.relay.new']>({ relayLink: text }),
  'x.grp.relay.cap': record<RelayEventParams['x.grp.relay.cap']>({ relayCap: relayCapabilities }),
  'x.grp.roster': record<RosterHeader>({
    version: integer,
    fileInv: record<RosterFile>({ fileSize: integer, fileDigest: bytesText(64, 64) }),
  }),
  'x.grp.roster.ack': record<RosterAcknowledgement>({ version: integer, error: optional(text) }),
  'x.grp.roster.request': record<RelayEventParams['x.grp.roster.request']>({ version: optional(integer) }),
}
