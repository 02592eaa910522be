import { count, defaulted, defaultsOf, section } from "./Defaulted.ts"

/** How watched backups are followed. */
export const LiveSection = section(
  {
    poll_moving_seconds: defaulted(count(1, 3_600, "Between two looks at a backup that is under way, in seconds"), 3),
    poll_at_rest_seconds: defaulted(count(1, 3_600, "The same for a backup at rest"), 30),
    list_moving_seconds: defaulted(
      count(1, 3_600, "Between two pages of a watched project's newest backups while one is under way, in seconds"),
      5
    ),
    list_at_rest_seconds: defaulted(count(1, 3_600, "The same while all of them are at rest"), 30),
    list_pass_minutes: defaulted(
      count(
        1,
        1_440,
        "Between two readings of a watched project's whole list, in minutes; longer where the list has more than 20 pages"
      ),
      10
    ),
    streams_per_caller: defaulted(count(1, 100_000, "Streams and long polls of one caller at once"), 100),
    longest_wait_seconds: defaulted(
      count(
        1,
        60,
        "Longest wait that `Prefer: wait` is granted, in seconds; less than what stands in front waits for an answer"
      ),
      45
    ),
    stream_minutes: defaulted(count(1, 1_440, "After so many minutes a stream is to be opened anew"), 15)
  },
  "How watched backups are followed"
)

/** How watched backups are followed: the `live` of the configuration. */
export type LivePolicy = typeof LiveSection.Type

export const defaultLivePolicy: LivePolicy = defaultsOf(LiveSection)
