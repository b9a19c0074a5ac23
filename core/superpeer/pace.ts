/** How much waits where. Numbers of messages, and milliseconds. */

/** A member is slow where this many messages wait at the agent while the others are done with theirs. */
export const SLOW = 8
/** Messages waiting for each recipient of a page, on average, above which a job waits for the network. */
export const WINDOW = 2
/** Small groups may have this many messages under way, whatever their size. */
export const LEAST_WINDOW = 64
/** With more than this waiting at the agent a paused member gets nothing further. */
export const LOW = 4
/** Members with a backlog here are looked at soon: nobody tells when it is gone. */
export const BACKLOG_CHECK = 2000
/** A member over quota is not looked at more often than this: its own agent tells when it has read. */
export const QUOTA_CHECK = 5 * 60_000
