import { describe, expect, test } from 'vitest'
import type { Message } from '../../../core/host/contract/types.ts'
import { createLedger } from '../../../core/host/demo/ledger.ts'
import { createMessageBook } from '../../../core/host/demo/messages.ts'

describe('what one participant has', () => {
  test('counts others’ messages, once', () => {
    const ledger = createLedger()
    expect(ledger.stored({ id: 1, text: 'a', own: false })).toBe(true)
    expect(ledger.stored({ id: 1, text: 'a', own: false })).toBe(false)
    ledger.stored({ id: 2, text: 'b', own: true })
    expect([ledger.delivered, ledger.duplicates]).toEqual([1, 0])
    expect([ledger.has('a'), ledger.has('b'), ledger.has('c')]).toEqual([true, true, false])
  })

  test('finds the same message in two rows, and a row announced twice', () => {
    const ledger = createLedger()
    ledger.stored({ id: 1, text: 'a', own: false })
    ledger.stored({ id: 2, text: 'a', own: false })
    expect([ledger.delivered, ledger.duplicates]).toEqual([1, 1])
    ledger.announced(1)
    expect(ledger.duplicates).toBe(1)
    ledger.announced(1)
    expect(ledger.duplicates).toBe(2)
  })

  test('finds disorder within a sender, not between senders', () => {
    const ledger = createLedger()
    const rows = ['x0', 'y0', 'x2', 'y1', 'x1', 'x3']
    for (const [id, text] of rows.entries()) ledger.stored({ id, text, own: false })
    expect(ledger.outOfOrder((text) => ({ sender: text[0] ?? '', index: Number(text[1]) }))).toBe(1)
  })
})

describe('the book of all messages', () => {
  function message(id: number, text: string, sent = false): Message {
    return { id, text, sent } as Message
  }

  test('measures latency at receivers that ran all the while', () => {
    let now = 0
    const book = createMessageBook(['A', 'B', 'C', 'D'], () => now)
    const text = book.compose('A', 0)
    book.sending(text, new Set(['A', 'B', 'C']))
    book.sent(text)
    book.away('C')
    now = 30
    book.received('B', message(1, text), true)
    now = 80
    book.received('C', message(1, text), true)
    book.received('D', message(1, text), false)
    book.received('A', message(1, text, true), true)
    expect(book.latencies()).toEqual([30])
    expect([book.sentCount, book.delivered, book.duplicates, book.outOfOrder]).toEqual([1, 3, 0, 0])
  })

  test('numbers messages by their sender and leaves others’ alone', () => {
    const book = createMessageBook(['A', 'B'], () => 0)
    const texts = [book.compose('A', 0), book.compose('B', 1), book.compose('A', 2)]
    expect(new Set(texts).size).toBe(3)
    book.received('B', message(1, texts[2] ?? ''), true)
    book.received('B', message(2, texts[0] ?? ''), true)
    book.received('B', message(3, 'welcome'), true)
    expect([book.delivered, book.outOfOrder]).toEqual([2, 1])
  })
})
