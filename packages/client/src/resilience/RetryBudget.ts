import type { RetryBudget } from "./ResiliencePolicy.ts"

/** The retries that a client has left. */
export interface RetryTokens {
  /** A call begins, and earns its part of a retry. */
  readonly earn: () => void
  /** Takes one retry; `false` if no retry is left: the call then ends with its last failure. */
  readonly spend: () => boolean
}

/**
 * A bucket of retries, full at first, filled by calls and emptied by retries.
 * Its bound holds over any number of calls: at most `reserve` and `ratio` of
 * the calls are retries, however the service fails.
 */
export const make = (budget: RetryBudget | undefined): RetryTokens => {
  if (budget === undefined) return unlimited
  let tokens = budget.reserve
  return {
    earn: () => {
      tokens = Math.min(budget.reserve, tokens + budget.ratio)
    },
    spend: () => {
      // Tenths add up to a little less than a whole.
      if (tokens < 1 - 1e-9) return false
      tokens -= 1
      return true
    }
  }
}

/** A budget without a limit. */
export const unlimited: RetryTokens = { earn: () => {}, spend: () => true }
