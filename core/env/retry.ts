/**
 * Retry delays of agent §7.6: keep the delay until `increaseAfter` milliseconds have been waited, then multiply by 3/2
 * up to `max`.
 */
export interface RetryInterval {
  readonly initial: number
  readonly increaseAfter: number
  readonly max: number
}

export interface RetryState {
  readonly delay: number
  readonly elapsed: number
}

export function firstRetry(interval: RetryInterval): RetryState {
  return { delay: interval.initial, elapsed: 0 }
}

export function nextRetry(interval: RetryInterval, state: RetryState): RetryState {
  const elapsed = state.elapsed + state.delay
  const keep = elapsed < interval.increaseAfter || state.delay === interval.max
  return { delay: keep ? state.delay : Math.min((state.delay * 3) / 2, interval.max), elapsed }
}
