export interface DemoOptions {
  readonly superPeers: number
  readonly members: number
  /** Messages altogether, spread over the owner and the members. */
  readonly messages: number
  /** Ends the router, one super-peer and one member in the middle of sending and starts them again. */
  readonly kill: boolean
  /** Members that are away while messages are sent. */
  readonly offline: number
  readonly json: boolean
  /** Leaves the scratch folder behind. */
  readonly keep: boolean
}

/** The last line of `--json`. */
export interface DemoResult {
  readonly group: { readonly link: string; readonly publicGroupId: string }
  readonly superPeers: readonly {
    readonly name: string
    /** As the owner sees it. */
    readonly status: string
    /** Owner and members connected to it. */
    readonly connected: number
    /** Deliveries to single members. */
    readonly forwarded: number
  }[]
  readonly members: number
  readonly sent: number
  /** Each message once for every participant but its sender. */
  readonly expected: number
  readonly delivered: number
  readonly missing: number
  readonly duplicates: number
  readonly outOfOrder: number
  /** From the call that sends to the receiver's announcement, for receivers that ran all the while. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly max: number }
  readonly elapsedMs: number
  readonly killed: readonly string[]
}

const SUPER_PEERS = ['Oak', 'Birch', 'Maple', 'Rowan', 'Larch', 'Hazel', 'Alder', 'Elm']
const PEOPLE = ['Ada', 'Ben', 'Cleo', 'Dina', 'Emil', 'Fay', 'Gus', 'Hana', 'Ivo', 'Jun', 'Kira', 'Leo', 'Mia', 'Nils']

export function superPeerName(index: number): string {
  return SUPER_PEERS[index] ?? `Super-peer ${index + 1}`
}

export function memberName(index: number): string {
  return PEOPLE[index] ?? `Member ${index + 1}`
}
