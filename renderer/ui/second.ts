import { ticking } from './ticking.ts'

/** The time, second by second. */
export const useSecond = ticking(1000)
