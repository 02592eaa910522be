import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** How backups are followed for those who watch them. */
export interface LiveRules {
  /** Between two looks at a backup that is under way, or in a state that nobody has documented. */
  readonly moving: Duration.Duration
  /** The same at rest. */
  readonly atRest: Duration.Duration
  /** Between two signs of life on a stream. */
  readonly beat: Duration.Duration
  /** After this long a stream ends and is to be opened anew, so that replicas get their share of old ones too. */
  readonly lifetime: Duration.Duration
  /** Between two looks at the rights of who watches. */
  readonly recheck: Duration.Duration
  /** Bytes that a reader may leave unread from one beat to the next. */
  readonly unread: number
  /** Streams and long polls of one caller at once. */
  readonly places: number
  /** The longest that `Prefer: wait` holds an answer back: less than what stands in front waits for one. */
  readonly longestWait: Duration.Duration
}

/** 3 s moving, 30 s at rest; a beat each 15 s, 15 minutes in all; rights each minute; 64 KiB; 100 streams; waits of 45 s. */
export const defaultLiveRules: LiveRules = {
  moving: Duration.seconds(3),
  atRest: Duration.seconds(30),
  beat: Duration.seconds(15),
  lifetime: Duration.minutes(15),
  recheck: Duration.minutes(1),
  unread: 64 * 1024,
  places: 100,
  longestWait: Duration.seconds(45)
}

/** The rules in force for a request; {@link defaultLiveRules} unless others are provided. */
export const LiveRules = Context.Reference<LiveRules>("@cbr/proxy/LiveRules", {
  defaultValue: () => defaultLiveRules
})
