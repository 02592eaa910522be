import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * Those who accept connections on one port, and stop to listen at the same
 * time. While one of them listens, whoever is given an answer by another may
 * come back, to the one that is about to go.
 */
export interface SharedPort {
  /** With nobody knocking for so long, nobody is taken to be at the door. */
  readonly silence: Duration.Duration
  /** Succeeds when nobody knocks at any of them. */
  readonly quiet: Effect.Effect<void>
  /** Succeeds when none of them listens any more. */
  readonly closed: Effect.Effect<void>
}

/** Nobody else, unless the proxy runs as several processes. */
export const SharedPort = Context.Reference<SharedPort>("@cbr/proxy/SharedPort", {
  defaultValue: () => ({ silence: Duration.millis(20), quiet: Effect.void, closed: Effect.void })
})
