/**
 * What one participant's host has stored and announced. Each message of the demonstration has a text of its own, so
 * that a message shown twice, under whatever ids, is found.
 */
export interface Ledger {
  /** A row of the host's database, listed or announced. True where its text is seen for the first time. */
  stored(row: StoredRow): boolean
  /** The host announced a row as new. */
  announced(row: number): void
  has(text: string): boolean
  /** Messages of others. */
  readonly delivered: number
  /** Rows with a text that another row has, and rows announced as new more than once. */
  readonly duplicates: number
  /** Messages that come before an earlier one of the same sender. */
  outOfOrder(orderOf: (text: string) => SentOrder | undefined): number
}

export interface StoredRow {
  readonly id: number
  readonly text: string
  /** Written by this participant. */
  readonly own: boolean
}

export interface SentOrder {
  readonly sender: string
  /** Position among the messages of this sender. */
  readonly index: number
}

export function createLedger(): Ledger {
  const rows = new Map<number, StoredRow>()
  const texts = new Set<string>()
  const announcedRows = new Set<number>()
  let delivered = 0
  let duplicates = 0
  return {
    stored(row) {
      if (rows.has(row.id)) return false
      rows.set(row.id, row)
      if (texts.has(row.text)) {
        duplicates += 1
        return false
      }
      texts.add(row.text)
      if (!row.own) delivered += 1
      return true
    },
    announced(row) {
      if (announcedRows.has(row)) duplicates += 1
      announcedRows.add(row)
    },
    has: (text) => texts.has(text),
    get delivered() {
      return delivered
    },
    get duplicates() {
      return duplicates
    },
    outOfOrder(orderOf) {
      const last = new Map<string, number>()
      let count = 0
      for (const { text } of [...rows.values()].sort((a, b) => a.id - b.id)) {
        const order = orderOf(text)
        if (order === undefined) continue
        if (order.index < (last.get(order.sender) ?? -1)) count += 1
        last.set(order.sender, Math.max(order.index, last.get(order.sender) ?? -1))
      }
      return count
    },
  }
}
