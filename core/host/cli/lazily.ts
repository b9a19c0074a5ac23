import { Command } from 'commander'
import type { Session } from './ctl-session.ts'

/** An action that runs on a connected host; the client is loaded when it runs. */
export function lazily<Arguments extends unknown[]>(
  work: (session: Session, ...args: Arguments) => Promise<void>,
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1)
    if (!(command instanceof Command)) throw new TypeError('not called by commander')
    const { withHost } = await import('./ctl-session.ts')
    await withHost(command, (session) => work(session, ...(args.slice(0, -1) as Arguments)))
  }
}
