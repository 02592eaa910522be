import { isAtRest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { Observation } from "./Observation.ts"

/**
 * The pace of looks at a backup, and the limit of failures.
 * @category Watching
 * @since 0.1.0
 */
export interface PollingPolicy {
  /**
   * The waits between looks, by the last observation. The first look is made at once; a schedule that ends also ends
   * the watch.
   */
  readonly schedule: Schedule.Schedule<unknown, Observation>
  /** The failure in a row at which watching gives up, with that failure. */
  readonly giveUpAtFailure: number
}

/**
 * The waits of {@link adaptive}.
 * @category Watching
 * @since 0.1.0
 */
export interface Pace {
  /** The wait after a change, and after the first look. */
  readonly shortest: Duration.Duration
  /** The factor from each wait without a change to the next. */
  readonly growth: number
  /** The longest wait while anything of the backup is under way, or unknown, or the service fails. */
  readonly longest: Duration.Duration
  /** The longest wait while nothing is under way. */
  readonly longestAtRest: Duration.Duration
  /** The longest `Retry-After` that is waited for in full. */
  readonly longestRetryAfter: Duration.Duration
}

/**
 * 2 s, growing by half to 15 s, and on to 30 s at rest; `Retry-After` up to 15 minutes.
 * @category Watching
 * @since 0.1.0
 */
export const defaultPace: Pace = {
  shortest: Duration.seconds(2),
  growth: 1.5,
  longest: Duration.seconds(15),
  longestAtRest: Duration.seconds(30),
  longestRetryAfter: Duration.minutes(15)
}

/**
 * Fast while things move, slow at rest: the wait starts at the shortest, grows
 * with each look that sees nothing new, and starts again at a change. Each is
 * varied by a quarter either way, so that many watchers spread out, and is no
 * shorter than the service's `Retry-After`.
 *
 * @example
 * ```ts
 * Layer.succeed(PollingPolicy, { ...defaultPollingPolicy, schedule: adaptive({ shortest: Duration.seconds(1) }) })
 * ```
 * @category Watching
 * @since 0.1.0
 */
export const adaptive = (options: Partial<Pace> = {}): Schedule.Schedule<Duration.Duration, Observation> => {
  const pace = { ...defaultPace, ...options }
  return Schedule.fromStep(
    Effect.sync(() => {
      let wait = pace.shortest
      return (_now: number, observation: Observation) => {
        const isNews = observation._tag === "Seen" && observation.differs
        const isQuiet = observation._tag === "Seen" && isAtRest(observation.response.backup)
        const longest = isQuiet ? pace.longestAtRest : pace.longest
        wait = Duration.min(isNews ? pace.shortest : wait, longest)
        const due: [Duration.Duration, Duration.Duration] = [wait, wait]
        wait = Duration.times(wait, pace.growth)
        return Effect.succeed(due)
      }
    })
  ).pipe(
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.map(Random.next, (random) =>
        Duration.max(
          Duration.times(duration, 0.75 + random / 2),
          Duration.min(retryAfter(input), pace.longestRetryAfter)
        )
      )
    )
  )
}

const retryAfter = (observation: Observation): Duration.Duration =>
  Duration.seconds(observation._tag === "Missed" ? (observation.error.retry_after ?? 0) : 0)

/**
 * {@link adaptive} polling at the {@link defaultPace}, given up at the 10th failure in a row.
 * @category Watching
 * @since 0.1.0
 */
export const defaultPollingPolicy: PollingPolicy = { schedule: adaptive(), giveUpAtFailure: 10 }

/**
 * The policy in force; {@link defaultPollingPolicy} unless one is provided.
 * @category Watching
 * @since 0.1.0
 */
export const PollingPolicy = Context.Reference<PollingPolicy>("@cbr/client/PollingPolicy", {
  defaultValue: () => defaultPollingPolicy
})
