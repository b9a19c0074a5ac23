import { fromHex } from '../codec/bytes.ts'
import { decodePublicKey } from '../codec/keys.ts'
import { algorithmOfAuthenticator, verifyAuthorisation } from '../smp/authorise.ts'
import type { AuthAlgorithm, AuthKey, Command, NewCommand } from '../smp/commands.ts'
import type { SmpError } from '../smp/errors.ts'
import { coveredBytes, type RawTransmission, type ReceivedCommand } from '../smp/transmission.ts'
import type { Session } from '../transport/session.ts'
import type { Queue } from './queue.ts'
import { linkIsOpen, senderMaySecure } from './rules.ts'

/** A command that its sender was entitled to give, before the block it came in has changed anything (smp §6.3). */
export type Verified =
  | { readonly queue: Queue; readonly command: QueueCommand }
  | { readonly queue: undefined; readonly command: NewCommand | UnboundCommand }

type Typed<T extends Command['type']> = Extract<Command, { readonly type: T }>
type UnboundCommand = Exclude<Command, QueueCommand | NewCommand>
export type QueueCommand =
  | Typed<'KEY' | 'SKEY' | 'LKEY' | 'RKEY' | 'LSET' | 'NKEY' | 'ACK' | 'SEND'>
  | { readonly type: BareQueueCommand }

const RECIPIENT = ['SUB', 'KEY', 'RKEY', 'LSET', 'LDEL', 'NKEY', 'NDEL', 'GET', 'ACK', 'OFF', 'DEL', 'QUE'] as const
type BareQueueCommand = 'SUB' | 'LDEL' | 'NDEL' | 'GET' | 'OFF' | 'DEL' | 'QUE' | 'LGET'

/** What authorisations are made for. */
export type VerifyingSession = Pick<Session, 'version' | 'sessionId' | 'ownKey'>

/** Where queues are looked up. */
export interface QueueDirectory {
  byRecipient(id: Uint8Array): Queue | undefined
  bySender(id: Uint8Array): Queue | undefined
  byLink(id: Uint8Array): Queue | undefined
}

/** Valid keys that nobody has the other half of (smp §6.3). */
const DUMMY: Readonly<Record<AuthAlgorithm, AuthKey>> = {
  Ed25519: decodePublicKey(
    fromHex('302a300506032b6570032100d77f4eaace10829a9b026074a3bad97fa4f5f6bca5ec4eb99380187b4904dd0b'),
  ) as AuthKey,
  Ed448: decodePublicKey(
    fromHex(
      '3043300506032b6571033a00ea26d073d5e99122edc2b7fb3cbbe9f35a96fdeb62ba672454522608c45d7ed706fd7a296ce49aabdab22e1ae025628e2f236b40f355be9300',
    ),
  ) as AuthKey,
  X25519: decodePublicKey(
    fromHex('302a300506032b656e032100e0919231886dd7c1f899ab3f8c7781c1f70cee32f035824d380862dbf8384578'),
  ) as AuthKey,
}

const AUTH: SmpError = { type: 'AUTH' }
const SERVICE: SmpError = { type: 'SERVICE' }

/** The parties of smp §0.2 as far as they are looked up differently. */
type Party = 'recipient' | 'sender' | 'link' | 'none'

function partyOf(command: Command): Party {
  if ((RECIPIENT as readonly string[]).includes(command.type)) return 'recipient'
  if (command.type === 'SEND' || command.type === 'SKEY') return 'sender'
  if (command.type === 'LKEY' || command.type === 'LGET') return 'link'
  return 'none'
}

/**
 * Looks the queue up and checks the authorisation. Refusals with AUTH cost one verification with a key of the kind that
 * was supplied, whether the queue exists or not, so that time does not tell them apart.
 */
export function verifyCommand(
  session: VerifyingSession,
  queues: QueueDirectory,
  received: Extract<ReceivedCommand, { readonly command: Command }>,
): Verified | SmpError {
  const { command, transmission, entityId } = received
  const check = checker(session, transmission)
  const party = partyOf(command)
  if (party === 'none') return verifyUnbound(command as NewCommand | UnboundCommand, transmission, check)

  const queue = lookUp(queues, party, entityId)
  if (queue === undefined) return check.dummy()
  // There are no services here, so nobody has a key to make this signature with (smp §4.4).
  if (transmission.serviceSignature !== undefined) return SERVICE
  const bound = { queue, command: command as QueueCommand }
  switch (command.type) {
    case 'SKEY':
    case 'LKEY':
      if (!senderMaySecure(queue, command.key)) return check.dummy()
      return check.key(command.key) ? bound : AUTH
    case 'SEND':
      if (queue.senderKey !== undefined) return check.key(queue.senderKey) ? bound : AUTH
      return transmission.authenticator.length === 0 ? bound : check.dummy()
    case 'LGET':
      return linkIsOpen(queue) ? bound : AUTH
    default:
      return check.oneOf(queue.recipientKeys) ? bound : AUTH
  }
}

function lookUp(queues: QueueDirectory, party: Exclude<Party, 'none'>, id: Uint8Array): Queue | undefined {
  switch (party) {
    case 'recipient':
      return queues.byRecipient(id)
    case 'sender':
      return queues.bySender(id)
    case 'link':
      return queues.byLink(id)
  }
}

function verifyUnbound(
  command: NewCommand | UnboundCommand,
  transmission: RawTransmission,
  check: Checker,
): Verified | SmpError {
  if (transmission.serviceSignature !== undefined) return SERVICE
  if (command.type === 'NEW' && !check.key(command.key)) return AUTH
  return { queue: undefined, command }
}

interface Checker {
  key(key: AuthKey): boolean
  oneOf(keys: readonly AuthKey[]): boolean
  dummy(): SmpError
}

function checker(session: VerifyingSession, transmission: RawTransmission): Checker {
  const { authenticator, corrId } = transmission
  const supplied = algorithmOfAuthenticator(authenticator.length)
  let covered: Uint8Array | undefined

  function verifies(key: AuthKey): boolean {
    covered ??= coveredBytes(session, transmission)
    return verifyAuthorisation(key, authenticator, covered, corrId, session.ownKey)
  }
  function dummy(): SmpError {
    if (supplied !== undefined) verifies(DUMMY[supplied])
    return AUTH
  }
  function oneOf(keys: readonly AuthKey[]): boolean {
    const fitting = keys.filter((key) => key.algorithm === supplied)
    if (fitting.length === 0) dummy()
    return fitting.some(verifies)
  }
  return { key: (key) => oneOf([key]), oneOf, dummy }
}
