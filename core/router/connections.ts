import type { Connection, Env } from '../env/env.ts'
import type { Session } from '../transport/session.ts'
import type { RouterLimits } from './limits.ts'

/** Open connections, counted for each address, and closed together at the end. */
export interface Connections {
  /** False where its address has too many already. */
  admit(connection: Connection): boolean
  gone(connection: Connection): void
  /** The session, with its end reported here. */
  tracked(session: Session, connection: Connection): Session
  /** Resolves when all are gone; cuts off those that linger. */
  close(env: Env, patience: number): Promise<void>
}

export function openConnections(limits: Pick<RouterLimits, 'connectionsPerAddress'>): Connections {
  const open = new Set<Connection>()
  /** Those whose session somebody looks after. */
  const sessions = new Set<Connection>()
  const addresses = new Map<string, number>()
  let done: (() => void) | undefined

  function gone(connection: Connection): void {
    if (!open.delete(connection)) return
    sessions.delete(connection)
    const count = (addresses.get(connection.peerAddress) ?? 1) - 1
    if (count === 0) addresses.delete(connection.peerAddress)
    else addresses.set(connection.peerAddress, count)
    if (open.size === 0) done?.()
  }

  return {
    admit(connection) {
      const count = addresses.get(connection.peerAddress) ?? 0
      if (count >= limits.connectionsPerAddress) return false
      addresses.set(connection.peerAddress, count + 1)
      open.add(connection)
      return true
    },
    gone,
    tracked(session, connection) {
      sessions.add(connection)
      return {
        ...session,
        get buffered() {
          return session.buffered
        },
        start: (events) =>
          session.start({
            ...events,
            close(error) {
              gone(connection)
              events.close(error)
            },
          }),
      }
    },
    async close(env, patience) {
      for (const connection of open) if (!sessions.has(connection)) connection.destroy()
      if (open.size === 0) return
      const timer = env.clock.timer(patience, () => {
        for (const connection of open) connection.destroy()
      })
      await new Promise<void>((resolve) => {
        done = resolve
      })
      timer.cancel()
    },
  }
}
