import { asHearthError, HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import type { Session } from '../../transport/session.ts'
import type { RouterAddress } from '../address.ts'
import type { RequestMode } from './api.ts'
import { createExchange, type Exchange, type ExchangeEvents } from './exchange.ts'
import type { SmpClientOptions } from './options.ts'

/** The way to one router: at most one session and one attempt to make it (smp §7.4). */
export interface Link {
  /** The session as it is now, if there is one. */
  readonly current: Exchange | undefined
  /** The session, made now where there is none. Errors: network; a fresh failure answers for the next few seconds. */
  connected(mode: RequestMode): Promise<Exchange>
  close(): Promise<void>
}

export interface LinkEvents extends Omit<ExchangeEvents, 'close'> {
  up(exchange: Exchange): void
  down(exchange: Exchange): void
}

interface Failure {
  readonly error: HearthError
  readonly until: number
}

export function createLink(env: Env, router: RouterAddress, options: SmpClientOptions, events: LinkEvents): Link {
  const { clock } = env
  let current: Exchange | undefined
  let attempt: Promise<Exchange> | undefined
  let failed: Failure | undefined
  let closing = false
  let gone = (): void => {}

  async function connect(mode: RequestMode): Promise<Exchange> {
    let session: Session
    try {
      session = await options.connect(env, router, { timeout: options.connectTimeout[mode] })
    } catch (error) {
      failed = {
        error: asHearthError(error, 'network', 'connect'),
        until: clock.monotonic() + options.failureKept,
      }
      throw failed.error
    }
    if (closing) {
      session.destroy()
      throw closedError()
    }
    failed = undefined
    const exchange = createExchange(env, session, options, { ...events, close: lost })
    if (!exchange.open) throw new HearthError('network', 'disconnected', 'the router closed at once', true)
    current = exchange
    events.up(exchange)
    return exchange
  }

  function lost(): void {
    const exchange = current
    current = undefined
    if (exchange !== undefined) events.down(exchange)
    gone()
  }

  /** Who waits for the attempt of another waits no longer than for an own one. */
  function withTimeout(pending: Promise<Exchange>, timeout: number): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const timer = clock.timer(timeout, () =>
        reject(new HearthError('network', 'timeout', 'no session with the router in time', true)),
      )
      pending.finally(() => timer.cancel()).then(resolve, reject)
    })
  }

  return {
    get current() {
      return current
    },
    connected(mode) {
      if (closing) return Promise.reject(closedError())
      if (current !== undefined) return Promise.resolve(current)
      if (attempt !== undefined) return withTimeout(attempt, options.connectTimeout[mode])
      if (failed !== undefined && clock.monotonic() < failed.until) return Promise.reject(failed.error)
      attempt = connect(mode).finally(() => {
        attempt = undefined
      })
      return attempt
    },
    close() {
      closing = true
      const exchange = current
      if (exchange === undefined) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = clock.timer(options.closeTimeout, () => exchange.destroy(closedError()))
        gone = () => {
          timer.cancel()
          resolve()
        }
        exchange.end()
      })
    },
  }
}

function closedError(): HearthError {
  return new HearthError('usage', 'closed', 'the client is closed')
}
