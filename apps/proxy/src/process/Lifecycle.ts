import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"

/** The phase of the process: it starts, serves, and in the end only finishes the requests that it has begun. */
export type Phase = "starting" | "serving" | "draining"

/** The phase of the process, and the request that it end. */
export class Lifecycle extends Context.Service<Lifecycle>()("@cbr/proxy/Lifecycle", {
  make: Effect.sync(() => {
    let phase: Phase = "starting"
    const draining = Latch.makeUnsafe()
    const stop = Deferred.makeUnsafe<void>()
    return {
      phase: Effect.sync(() => phase),
      enter: (next: Phase): Effect.Effect<void> =>
        Effect.sync(() => {
          phase = next
          if (next === "draining") draining.openUnsafe()
          else draining.closeUnsafe()
        }),
      /**
       * Succeeds when the proxy drains: an answer that would last longer than the drain, such as a stream of events, ends
       * by it.
       *
       * @example Stream.interruptWhen(events, lifecycle.draining)
       */
      draining: draining.await,
      /** Whether it drains, without an Effect. */
      isDraining: () => phase === "draining",
      /** Asks the process to drain and end, as SIGTERM does. */
      stop: Effect.asVoid(Deferred.succeed(stop, undefined)),
      /** Succeeds when the process has been asked to end. */
      stopped: Deferred.await(stop)
    }
  })
}) {
  static readonly layer = Layer.effect(this, this.make)
}
