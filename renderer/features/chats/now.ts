import { ticking } from '../../ui/ticking.ts'

/** The time, closely enough for what is told in minutes and days. */
export const useNow = ticking(30_000)
