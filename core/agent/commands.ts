import { fromUtf8, utf8 } from '../codec/bytes.ts'
import { asHearthError } from '../codec/error.ts'
import type { Timer } from '../env/env.ts'
import { firstRetry, nextRetry, type RetryInterval, type RetryState } from '../env/retry.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId, Operation } from './api.ts'
import { type AgentContext, emit } from './context.ts'

/**
 * Operations that need the network and must survive a restart (agent §7.7): rows that are worked off in order for
 * each connection, in parallel for different ones. The last step of an operation removes its row in the transaction
 * that records the result.
 */
export interface Commands {
  start(): Promise<void>
  wake(conn: ConnId): void
  stop(): Promise<void>
}

export interface Command {
  readonly id: number
  readonly conn: ConnId
  readonly kind: Operation
  readonly arguments: CommandArguments
}

/** JSON values; byte strings as base64url. */
export type CommandArguments = Readonly<Record<string, unknown>>

/** Does what the command says and ends by calling `finish` in its last transaction. */
export type CommandAction = (context: AgentContext, command: Command) => Promise<void>

const RETRY: RetryInterval = { initial: 2_000, increaseAfter: 10_000, max: 120_000 }

export async function addCommand(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  kind: Operation,
  args: CommandArguments,
): Promise<number> {
  const { command } = await tx.query
    .insertInto('commands')
    .values({ conn, kind, arguments: utf8(JSON.stringify(args)) })
    .returning('command')
    .executeTakeFirstOrThrow()
  tx.afterCommit(() => context.wakeCommands(conn))
  return command
}

export async function finish(tx: Tx, command: Command): Promise<void> {
  await tx.run('DELETE FROM commands WHERE command = ?', command.id)
}

export function createCommands(
  context: AgentContext,
  actions: Readonly<Partial<Record<Operation, CommandAction>>>,
): Commands {
  const { store, env, settings } = context
  const waiting: ConnId[] = []
  /** Connections that wait, work or pause. */
  const busy = new Set<ConnId>()
  /** Woken while busy: look again. */
  const woken = new Set<ConnId>()
  const pauses = new Map<ConnId, Timer>()
  const retries = new Map<ConnId, RetryState>()
  let working = 0
  let stopped = false
  let idle: (() => void) | undefined

  function wake(conn: ConnId): void {
    if (stopped) return
    const pause = pauses.get(conn)
    if (pause !== undefined) {
      pause.cancel()
      pauses.delete(conn)
      waiting.push(conn)
      next()
      return
    }
    if (busy.has(conn)) {
      woken.add(conn)
      return
    }
    busy.add(conn)
    waiting.push(conn)
    next()
  }

  function next(): void {
    while (working < settings.parallelCommands && waiting.length > 0 && !stopped) {
      const conn = waiting.shift()!
      working++
      work(conn)
        .catch((error: unknown) => {
          env.log.error('command not recorded', { conn, code: asHearthError(error, 'store', 'command').code })
          pause(conn)
        })
        .finally(() => {
          working--
          if (stopped && working === 0) idle?.()
          next()
        })
    }
  }

  async function work(conn: ConnId): Promise<void> {
    woken.delete(conn)
    const command = await store.read((tx) => firstCommand(tx, conn))
    if (command === undefined) {
      release(conn)
      return
    }
    try {
      await actions[command.kind]?.(context, command)
      retries.delete(conn)
      again(conn)
    } catch (error) {
      const failure = asHearthError(error, 'protocol', 'internal')
      if (failure.temporary) {
        env.log.info('operation waits', { conn, operation: command.kind, code: failure.code })
        pause(conn)
        return
      }
      env.log.warn('operation failed', { conn, operation: command.kind, kind: failure.kind, code: failure.code })
      await store.write(async (tx) => {
        await finish(tx, command)
        const { id, kind } = command
        await emit(context, tx, {
          type: 'ERR',
          conn,
          operation: kind,
          error: failure,
          ...(kind === 'link' && { write: id }),
        })
      })
      retries.delete(conn)
      again(conn)
    }
  }

  function release(conn: ConnId): void {
    busy.delete(conn)
    if (woken.delete(conn)) wake(conn)
  }

  function again(conn: ConnId): void {
    waiting.push(conn)
  }

  function pause(conn: ConnId): void {
    if (stopped) return
    const before = retries.get(conn)
    const retry = before === undefined ? firstRetry(RETRY) : nextRetry(RETRY, before)
    retries.set(conn, retry)
    pauses.set(
      conn,
      env.clock.timer(retry.delay, () => {
        pauses.delete(conn)
        waiting.push(conn)
        next()
      }),
    )
  }

  return {
    async start() {
      const rows = await store.read((tx) => tx.all<{ conn: ConnId }>('SELECT DISTINCT conn FROM commands'))
      for (const { conn } of rows) wake(conn)
    },
    wake,
    async stop() {
      stopped = true
      for (const timer of pauses.values()) timer.cancel()
      if (working > 0) await new Promise<void>((resolve) => (idle = resolve))
    },
  }
}

async function firstCommand(tx: Tx, conn: ConnId): Promise<Command | undefined> {
  const row = await tx.query
    .selectFrom('commands')
    .selectAll()
    .where('conn', '=', conn)
    .orderBy('command')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const args = JSON.parse(fromUtf8(row.arguments) ?? '{}') as CommandArguments
  return { id: row.command, conn, kind: row.kind as Operation, arguments: args }
}
