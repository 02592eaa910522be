import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import { count, defaulted, defaultsOf, section } from "./SettingSchema.ts"

/** The polls and streams of watched backups. */
export const LiveSection = section(
  {
    poll_moving_seconds: defaulted(
      count(
        1,
        3_600,
        "Time between two polls of a watched backup while it, a child or a replication is changing, in seconds"
      ),
      3
    ),
    poll_at_rest_seconds: defaulted(
      count(1, 3_600, "The same while nothing of the backup is changing, in seconds"),
      30
    ),
    list_moving_seconds: defaulted(
      count(
        1,
        3_600,
        "Time between two polls of a watched project's newest backups while one of them is changing, in seconds"
      ),
      5
    ),
    list_at_rest_seconds: defaulted(count(1, 3_600, "The same while none of them is changing, in seconds"), 30),
    list_pass_minutes: defaulted(
      count(
        1,
        1_440,
        "Time between two readings of a watched project's whole list, in minutes; longer if the list has more than 20 pages"
      ),
      10
    ),
    streams_per_caller: defaulted(count(1, 100_000, "Maximum streams and long polls of one caller"), 100),
    longest_wait_seconds: defaulted(
      count(
        1,
        60,
        "Maximum wait by `Prefer: wait`, in seconds; set it below the response time-out of a balancer in front"
      ),
      45
    ),
    stream_minutes: defaulted(
      count(1, 1_440, "Maximum age of a stream, in minutes; then its reader opens a new one"),
      15
    )
  },
  "How the proxy polls what callers watch"
)

/** The `live` of the configuration, and the limits that are not configured. */
export interface LivePolicy extends Schema.Schema.Type<typeof LiveSection> {
  /** Between two signs of life on a stream. */
  readonly heartbeat: Duration.Duration
  /** Between two looks at the rights of a watcher. */
  readonly recheck: Duration.Duration
  /** Bytes that a reader may leave unread from one heartbeat to the next. */
  readonly unread: number
}

/** The section's defaults; a heartbeat each 15 s, rights each minute, 64 KiB. */
export const defaultLivePolicy: LivePolicy = {
  ...defaultsOf(LiveSection),
  heartbeat: Duration.seconds(15),
  recheck: Duration.minutes(1),
  unread: 64 * 1024
}

/** The policy in force for a request; {@link defaultLivePolicy} unless another is provided. */
export const LivePolicy = Context.Reference<LivePolicy>("@cbr/proxy/LivePolicy", {
  defaultValue: () => defaultLivePolicy
})
