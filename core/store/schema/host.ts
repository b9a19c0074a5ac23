import type { Generated } from 'kysely'

/** Tables of migrations/0004-host.ts. Times are milliseconds since 1970, hours are counted from there; flags are 0 or 1. */
export interface HostSchema {
  operator_choices: { operator: string; enabled: number }
  known_super_peers: KnownSuperPeersTable
  group_hours: GroupHoursTable
  relay_hours: RelayHoursTable
}

/** Super-peers that the person added, and what was chosen or found out about those of preset operators. */
export interface KnownSuperPeersTable {
  address: string
  /** Of custom ones. */
  name: string | null
  image: string | null
  /** Added by the person. */
  custom: Generated<number>
  /** Null: as the operator's file says; custom ones: enabled. */
  enabled: number | null
  tested_at: number | null
  /** Milliseconds. */
  round_trip: number | null
  test_error: string | null
  created_at: number
}

/** An own group in one hour. */
export interface GroupHoursTable {
  group_id: number
  hour: number
  /** At the last look in this hour; null where the host did not run. */
  members: number | null
  /** Own events that some super-peer has not taken yet, at the last look. */
  waiting: number | null
  messages: Generated<number>
  /** Different authors. */
  writers: Generated<number>
  /** Of these: without an earlier message on this day (UTC), so that the hours of a day add up. */
  fresh: Generated<number>
  joined: Generated<number>
  gone: Generated<number>
  /** Own messages, and those of them that a super-peer took within a minute. */
  sent: Generated<number>
  prompt: Generated<number>
}

/** What one super-peer delivered of an own group's events in one hour. */
export interface RelayHoursTable {
  group_id: number
  /** Row of group_members; 0 counts every event once, whoever delivered it. */
  member: number
  hour: number
  delivered: number
  /** Milliseconds behind the first copy, all deliveries together. */
  lag: number
}
