import type { SuperPeerSettings } from './api.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export const DEFAULT_SETTINGS: SuperPeerSettings = {
  pageSize: 500,
  memberBacklog: 64,
  retentionAge: 30 * 24 * HOUR,
  retentionBytes: 2 * 1024 ** 3,
  maxGroups: 1000,
  maxMembers: 100_000,
  memberRate: 60,
  memberBurst: 120,
  checkInterval: 15 * MINUTE,
  firstCheck: 3 * SECOND,
  inactiveFor: 24 * HOUR,
  pausedCheck: MINUTE,
}
