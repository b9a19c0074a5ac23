import type { AgentEvent } from '../../agent/api.ts'
import { base64url } from '../../codec/base64url.ts'
import type { HearthError } from '../../codec/error.ts'

/** The lines of one agent event (docs/console.md). UP and DOWN speak of many connections: one line for each. */
export function eventLines(event: AgentEvent): object[] {
  switch (event.type) {
    case 'CONF':
      return [{ event: 'CONF', conn: event.conn, confId: event.confirmation, info: base64url(event.info) }]
    case 'REQ':
      return [{ event: 'REQ', conn: event.conn, requestId: event.request, info: base64url(event.info) }]
    case 'INFO':
      return [{ event: 'INFO', conn: event.conn, info: base64url(event.info) }]
    case 'MSG': {
      const { type: integrity, ...detail } = event.integrity
      return [
        {
          event: 'MSG',
          conn: event.conn,
          msgId: event.message,
          body: base64url(event.body),
          brokerTime: new Date(event.brokerTime).toISOString(),
          integrity,
          ...(Object.keys(detail).length === 0 ? {} : { integrityDetail: detail }),
          repeated: event.repeated,
        },
      ]
    }
    case 'SENT':
      return [{ event: 'SENT', conn: event.conn, msgId: event.message }]
    case 'MWARN':
    case 'MERR':
      return [{ event: event.type, conn: event.conn, msgId: event.message, error: errorFields(event.error) }]
    case 'LINK':
      return [{ event: 'LINK', conn: event.conn, userData: base64url(event.data.userData) }]
    case 'UP':
    case 'DOWN':
      return event.conns.map((conn) => ({ event: event.type, conn, router: event.router }))
    case 'ERR':
      return [{ event: 'ERR', conn: event.conn, operation: event.operation, error: errorFields(event.error) }]
    case 'RSYNC': {
      const { conn, state, renewed, error } = event
      return [{ event: 'RSYNC', conn, state, renewed, ...(error && { error: errorFields(error) }) }]
    }
    case 'CON':
    case 'QCONT':
    case 'END':
    case 'DELD':
    case 'DELETED':
      return [{ event: event.type, conn: event.conn }]
  }
}

export function errorFields(error: HearthError): object {
  return { kind: error.kind, code: error.code, message: error.message, temporary: error.temporary }
}
