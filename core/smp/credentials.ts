import type { CommandType } from './commands.ts'
import type { CommandError } from './errors.ts'
import type { BrokerMessage } from './messages.ts'

/** The checks of smp §4.5, made right after parsing; undefined where the transmission passes. */
export function checkCommandCredentials(
  type: CommandType,
  authorised: boolean,
  hasEntity: boolean,
): CommandError | undefined {
  switch (type) {
    case 'NEW':
      if (!authorised) return 'NO_AUTH'
      return hasEntity ? 'HAS_AUTH' : undefined
    case 'SEND':
      return hasEntity ? undefined : 'NO_ENTITY'
    case 'LGET':
    case 'PFWD':
      if (!hasEntity) return 'NO_ENTITY'
      return authorised ? 'HAS_AUTH' : undefined
    case 'PING':
    case 'PRXY':
    case 'RFWD':
      return authorised || hasEntity ? 'HAS_AUTH' : undefined
    default:
      return authorised && hasEntity ? undefined : 'NO_AUTH'
  }
}

/** What the client checks of a router's messages. */
export function checkMessageCredentials(type: BrokerMessage['type'], hasEntity: boolean): CommandError | undefined {
  switch (type) {
    case 'PONG':
    case 'PKEY':
    case 'RRES':
      return hasEntity ? 'HAS_AUTH' : undefined
    case 'IDS':
    case 'ERR':
      return undefined
    default:
      return hasEntity ? undefined : 'NO_ENTITY'
  }
}
