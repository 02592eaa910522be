import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import { defaultLivePolicy, type LivePolicy } from "./LivePolicy.ts"

/** How watched backups are followed: what is configured, and what is not. */
export interface LiveRules extends LivePolicy {
  /** Between two signs of life on a stream. */
  readonly heartbeat: Duration.Duration
  /** Between two looks at the rights of a watcher. */
  readonly recheck: Duration.Duration
  /** Bytes that a reader may leave unread from one beat to the next. */
  readonly unread: number
}

/** As the configuration has it by default; a beat each 15 s, rights each minute, 64 KiB. */
export const defaultLiveRules: LiveRules = {
  ...defaultLivePolicy,
  heartbeat: Duration.seconds(15),
  recheck: Duration.minutes(1),
  unread: 64 * 1024
}

/** The rules in force for a request; {@link defaultLiveRules} unless others are provided. */
export const LiveRules = Context.Reference<LiveRules>("@cbr/proxy/LiveRules", {
  defaultValue: () => defaultLiveRules
})
