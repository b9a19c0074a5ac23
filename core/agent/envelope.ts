import { fromUtf8, utf8 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { decode, type Reader } from '../codec/reader.ts'
import { encode, type Writer } from '../codec/writer.ts'
import { formatConnectionRequest, type InvitationRequest, parseConnectionRequest } from './links/full-link.ts'
import { type E2eParams, proposedOnly, readE2eParams, writeE2eParams } from './ratchet/params.ts'

/** What travels inside the encryption of a queue (agent §6.2). `version` is the agent version of the sender. */
export type AgentEnvelope =
  /** `C`; the joiner's keys are with it, the initiator's have been in the link. */
  | {
      readonly type: 'confirmation'
      readonly version: number
      readonly e2e: E2eParams | undefined
      /** A ratchet message. */
      readonly encrypted: Uint8Array
    }
  /** `M` */
  | {
      readonly type: 'message'
      readonly version: number
      /** A ratchet message. */
      readonly encrypted: Uint8Array
    }
  /** `I`, to a contact address: how to connect to whoever asks. */
  | {
      readonly type: 'invitation'
      readonly version: number
      readonly request: InvitationRequest
      readonly info: Uint8Array
    }
  /** `R`, to start a new ratchet. */
  | { readonly type: 'ratchetKey'; readonly version: number; readonly e2e: E2eParams; readonly info: Uint8Array }

export function encodeAgentEnvelope(envelope: AgentEnvelope): Uint8Array {
  return encode((w) => {
    w.u16(envelope.version)
    switch (envelope.type) {
      case 'confirmation':
        w.literal('C').optional(envelope.e2e, writeE2eParams).raw(envelope.encrypted)
        return
      case 'message':
        w.literal('M').raw(envelope.encrypted)
        return
      case 'invitation':
        w.literal('I')
          .large(utf8(formatConnectionRequest(envelope.request)))
          .raw(envelope.info)
        return
      case 'ratchetKey':
        writeRatchetKey(w, envelope.e2e)
        w.raw(envelope.info)
    }
  })
}

function writeRatchetKey(w: Writer, e2e: E2eParams): void {
  proposedOnly(e2e.kem)
  w.literal('R')
  writeE2eParams(w, e2e)
}

export function decodeAgentEnvelope(bytes: Uint8Array): AgentEnvelope {
  return decode(bytes, (r) => {
    const version = r.u16()
    if (r.accept('C')) {
      return { type: 'confirmation', version, e2e: r.optional(readE2eParams), encrypted: r.tail() }
    }
    if (r.accept('M')) return { type: 'message', version, encrypted: r.tail() }
    if (r.accept('I')) return { type: 'invitation', version, request: readInvitation(r), info: r.tail() }
    r.literal('R')
    const e2e = readE2eParams(r)
    proposedOnly(e2e.kem)
    return { type: 'ratchetKey', version, e2e, info: r.tail() }
  })
}

/** The text of an invitation link, not its binary form. */
function readInvitation(r: Reader): InvitationRequest {
  const text = fromUtf8(r.large())
  const request = text === undefined ? undefined : parseConnectionRequest(text)
  if (request?.mode !== 'invitation') throw new CodecError('syntax', 'not an invitation')
  return request
}
