import { equal, fromLatin1 } from '../../codec/bytes.ts'
import { asHearthError, HearthError } from '../../codec/error.ts'
import type { Env, Timer } from '../../env/env.ts'
import type { Session } from '../../transport/session.ts'
import { routerError } from '../errors.ts'
import type { BrokerMessage } from '../messages.ts'
import { type ReceivedMessage, receiveMessage, splitBlock } from '../transmission.ts'
import type { DeliveredMessage, RequestMode, SmpRequest } from './api.ts'
import { answerTimeout, type SmpClientOptions } from './options.ts'
import { createOutbox, isBulk, type Outgoing } from './outbox.ts'

/** Commands and answers over one session; over when the session is. */
export interface Exchange {
  readonly sessionId: Uint8Array
  readonly open: boolean
  /** Errors: see SmpClient.request. */
  submit(request: SmpRequest, mode: RequestMode): Promise<BrokerMessage>
  /** From now on the session is worth a `PING`. */
  keepAlive(): void
  /** Whether this session subscribed the queue when it was created; true once. */
  claimCreated(recipientId: Uint8Array): boolean
  /** Ends after what was written is out. */
  end(): void
  destroy(error: HearthError): void
}

export interface ExchangeEvents {
  message(recipientId: Uint8Array, message: DeliveredMessage): void
  end(recipientId: Uint8Array): void
  deleted(recipientId: Uint8Array): void
  /** The router refuses a queue unasked. */
  blocked(recipientId: Uint8Array, error: HearthError): void
  /** A `SUB` was answered after its caller had given up. */
  lateSubscription(recipientId: Uint8Array): void
  close(): void
}

/** Commands whose caller gave up and whose answer may still come. */
const MAX_LATE = 8192

interface Waiting extends Outgoing {
  settled: boolean
  readonly bulk: boolean
  answer(message: BrokerMessage): void
}

export function createExchange(
  env: Env,
  session: Session,
  options: SmpClientOptions,
  events: ExchangeEvents,
): Exchange {
  const { clock, log } = env
  const outbox = createOutbox(session, clock, options)
  const waiting = new Map<string, Waiting>()
  const late = new Map<string, SmpRequest>()
  const created = new Set<string>()
  let open = true
  let failure: HearthError | undefined
  let lastReceived = clock.monotonic()
  let timeouts = 0
  let ping: Timer | undefined

  session.start({ block: receiveBlock, drain: outbox.drained, close: closed })

  function submit(request: SmpRequest, mode: RequestMode): Promise<BrokerMessage> {
    return new Promise((resolve, reject) => {
      const corrId = request.corrId ?? env.random(24)
      const id = fromLatin1(corrId)
      if (!open) throw disconnected(failure)
      if (waiting.has(id)) throw new HearthError('usage', 'corrId', 'correlation id is in use')
      const timeout = answerTimeout(options, request.command.type, mode)
      const bulk = isBulk(request)
      let sent = false
      let timer: Timer | undefined

      function settle(): void {
        entry.settled = true
        timer?.cancel()
        waiting.delete(id)
        if (sent && bulk) outbox.released()
      }
      function expire(): void {
        settle()
        if (sent) keepLate(id, request)
        reject(new HearthError('network', 'timeout', `no answer to ${request.command.type} in time`, true))
        if (sent) countTimeout()
      }
      const entry: Waiting = {
        request,
        corrId,
        bulk,
        settled: false,
        written() {
          sent = true
          // A message may queue for long behind others; what counts for it is the router's time.
          timer ??= clock.timer(timeout, expire)
        },
        failed(error) {
          settle()
          reject(error)
        },
        answer(message) {
          settle()
          resolve(message)
        },
      }
      if (!bulk || mode === 'interactive') timer = clock.timer(timeout, expire)
      waiting.set(id, entry)
      outbox.add(entry)
    })
  }

  function keepLate(id: string, request: SmpRequest): void {
    late.set(id, request)
    if (late.size > MAX_LATE) late.delete(late.keys().next().value!)
  }

  function countTimeout(): void {
    timeouts++
    if (timeouts < options.maxTimeouts || clock.monotonic() - lastReceived < options.maxSilence) return
    destroy(new HearthError('network', 'silent', 'the router has not answered for long', true))
  }

  function receiveBlock(payload: Uint8Array): void {
    if (!open) return
    lastReceived = clock.monotonic()
    timeouts = 0
    let transmissions: Uint8Array[]
    try {
      transmissions = splitBlock(payload)
    } catch {
      log.warn('smp.block', { bytes: payload.length })
      return
    }
    for (const transmission of transmissions) {
      try {
        receive(receiveMessage(session, transmission))
      } catch (error) {
        log.warn('smp.transmission', { reason: asHearthError(error, 'protocol', 'receive').code })
      }
    }
  }

  function receive({ corrId, entityId, message }: ReceivedMessage): void {
    const id = fromLatin1(corrId)
    const entry = waiting.get(id)
    const request = late.get(id)
    late.delete(id)
    if (id === '') receiveEvent(entityId, message)
    else if (entry !== undefined) receiveAnswer(entry, entityId, message)
    else if (request !== undefined) receiveLate(request, entityId, message)
    else log.warn('smp.unexpected', { type: typeOf(message) })
  }

  function receiveAnswer(entry: Waiting, entityId: Uint8Array, message: BrokerMessage | HearthError): void {
    const error = answerError(entry.request, entityId, message)
    if (error !== undefined) {
      entry.failed(error)
      return
    }
    const answer = message as BrokerMessage
    if (answer.type === 'IDS' && isSubscribing(entry.request)) created.add(fromLatin1(answer.recipientId))
    entry.answer(answer)
    if (answer.type === 'MSG') events.message(entry.request.entityId, answer)
  }

  function receiveLate(request: SmpRequest, entityId: Uint8Array, message: BrokerMessage | HearthError): void {
    const command = request.command.type
    log.debug('smp.late', { command, type: typeOf(message) })
    if (answerError(request, entityId, message) !== undefined) return
    const answer = message as BrokerMessage
    if (command === 'SUB' && isSubscribed(answer)) events.lateSubscription(request.entityId)
    if (answer.type === 'MSG') events.message(request.entityId, answer)
  }

  function receiveEvent(entityId: Uint8Array, message: BrokerMessage | HearthError): void {
    if (message instanceof HearthError) log.warn('smp.event', { reason: message.code })
    else if (message.type === 'MSG') events.message(entityId, message)
    else if (message.type === 'END') events.end(entityId)
    else if (message.type === 'DELD') events.deleted(entityId)
    else if (message.type !== 'ERR') log.debug('smp.event', { type: message.type })
    else if (message.error.type === 'BLOCKED') events.blocked(entityId, routerError(message.error))
    else log.warn('smp.error', { code: routerError(message.error).code })
  }

  /** Any received block postpones the `PING` (smp §7.8). */
  function keepAlive(): void {
    if (ping === undefined && open) waitForSilence(options.pingInterval)
  }

  function waitForSilence(delay: number): void {
    ping = clock.timer(delay, () => {
      const left = lastReceived + options.pingInterval - clock.monotonic()
      const again = (delay: number) => () => open && waitForSilence(delay)
      if (left > 0) {
        waitForSilence(left)
      } else {
        // One that was not answered is repeated soon, so that a dead session is known after `maxSilence`.
        const answer = submit({ entityId: new Uint8Array(0), command: { type: 'PING' } }, 'background')
        answer.then(again(options.pingInterval), again(options.pingInterval / 10))
      }
    })
  }

  function closed(error?: Error): void {
    if (!open) return
    open = false
    failure ??= error === undefined ? undefined : asHearthError(error, 'network', 'closed')
    ping?.cancel()
    outbox.close()
    late.clear()
    for (const entry of [...waiting.values()]) entry.failed(disconnected(failure))
    events.close()
  }

  function destroy(error: HearthError): void {
    failure ??= error
    session.destroy()
    closed(error)
  }

  return {
    sessionId: session.sessionId,
    get open() {
      return open
    },
    submit,
    keepAlive,
    claimCreated: (recipientId) => created.delete(fromLatin1(recipientId)),
    end: session.end,
    destroy,
  }
}

function isSubscribing(request: SmpRequest): boolean {
  return request.command.type === 'NEW' && request.command.subscribe
}

/** Why a transmission is not the answer that the caller waits for; undefined where it is. */
function answerError(
  request: SmpRequest,
  entityId: Uint8Array,
  message: BrokerMessage | HearthError,
): HearthError | undefined {
  if (message instanceof HearthError) {
    return new HearthError('protocol', 'RESPONSE', 'the answer cannot be read', false, { cause: message })
  }
  if (message.type === 'ERR') return routerError(message.error)
  if (equal(entityId, request.entityId)) return undefined
  return new HearthError('protocol', 'UNEXPECTED', `${message.type} with another id than that of the command`)
}

/** Routers answer `SUB` with `SOK`, `OK` or, older ones, at once with a message (smp §5.3). */
export function isSubscribed(answer: BrokerMessage): boolean {
  return answer.type === 'SOK' || answer.type === 'OK' || answer.type === 'MSG'
}

function typeOf(message: BrokerMessage | HearthError): string {
  return message instanceof HearthError ? message.code : message.type
}

function disconnected(cause: HearthError | undefined): HearthError {
  return new HearthError('network', 'disconnected', 'the session with the router is over', true, { cause })
}
