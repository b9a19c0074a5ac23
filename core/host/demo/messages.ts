import type { Message } from '../contract/types.ts'
import { createLedger, type Ledger, type SentOrder } from './ledger.ts'

/** All messages of a demonstration and what became of them at every participant. */
export interface MessageBook {
  /** A message that `sender` is about to send; its text is unlike all others. */
  compose(sender: string, number: number): string
  /** The call that sends it begins: from here on its latency counts, at receivers that run now. */
  sending(text: string, receivers: ReadonlySet<string>): void
  sent(text: string): void
  /** What a participant's host has stored or announced. */
  received(participant: string, message: Message, announced: boolean): void
  /** A receiver went away: what it gets from now on is no matter of speed. */
  away(participant: string): void
  has(participant: string, text: string): boolean
  deliveredTo(participant: string): number
  readonly sentCount: number
  readonly delivered: number
  readonly duplicates: number
  readonly outOfOrder: number
  /** Milliseconds, ascending. */
  latencies(): number[]
}

interface Sent {
  readonly at: number
  /** Participants that have run since. */
  readonly receivers: Set<string>
}

export function createMessageBook(participants: readonly string[], now: () => number): MessageBook {
  const ledgers = new Map<string, Ledger>(participants.map((name) => [name, createLedger()]))
  const orders = new Map<string, SentOrder>()
  const underWay = new Map<string, Sent>()
  const sent = new Set<string>()
  const latencies: number[] = []

  function ledger(participant: string): Ledger {
    const found = ledgers.get(participant)
    if (found === undefined) throw new Error(`${participant} takes no part`)
    return found
  }
  function sum(figure: (ledger: Ledger) => number): number {
    return [...ledgers.values()].reduce((total, each) => total + figure(each), 0)
  }

  return {
    compose(sender, number) {
      const text = `Message ${number + 1} from ${sender}`
      const index = [...orders.values()].filter((order) => order.sender === sender).length
      orders.set(text, { sender, index })
      return text
    },
    sending(text, receivers) {
      if (!underWay.has(text)) underWay.set(text, { at: now(), receivers: new Set(receivers) })
    },
    sent: (text) => void sent.add(text),
    received(participant, message, announced) {
      // Groups can have other messages than ours, such as a welcome.
      if (!orders.has(message.text)) return
      const own = ledger(participant)
      if (announced) own.announced(message.id)
      const first = own.stored({ id: message.id, text: message.text, own: message.sent })
      const start = underWay.get(message.text)
      if (first && announced && !message.sent && start?.receivers.has(participant)) latencies.push(now() - start.at)
    },
    away(participant) {
      for (const { receivers } of underWay.values()) receivers.delete(participant)
    },
    has: (participant, text) => ledger(participant).has(text),
    deliveredTo: (participant) => ledger(participant).delivered,
    get sentCount() {
      return sent.size
    },
    get delivered() {
      return sum((each) => each.delivered)
    },
    get duplicates() {
      return sum((each) => each.duplicates)
    },
    get outOfOrder() {
      return sum((each) => each.outOfOrder((text) => orders.get(text)))
    },
    latencies: () => [...latencies].sort((a, b) => a - b),
  }
}
