import type { GroupSettings } from './api.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

export const DEFAULT_GROUP_SETTINGS: GroupSettings = {
  countDelay: 5 * SECOND,
  retryInitial: 2 * SECOND,
  retryMax: 10 * MINUTE,
  giveUpAfter: DAY,
  testTimeout: 40 * SECOND,
  maxWaiting: 10_000,
  maxWaitingAge: 21 * DAY,
  keepEvents: 30 * DAY,
}

/** Delay before attempt number `attempts + 1`, growing by half each time. */
export function retryDelay(settings: GroupSettings, attempts: number): number {
  return Math.min(settings.retryMax, settings.retryInitial * 1.5 ** Math.min(attempts, 100))
}
