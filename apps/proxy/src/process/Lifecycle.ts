import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"

/** How far the process is: it starts, serves, and in the end only finishes what it has begun. */
export type Phase = "starting" | "serving" | "draining"

/** The phase that the process is in, for what answers by it, and how it is asked to end. */
export class Lifecycle extends Context.Service<
  Lifecycle,
  {
    readonly phase: Effect.Effect<Phase>
    readonly enter: (phase: Phase) => Effect.Effect<void>
    /**
     * Succeeds when the proxy drains: an answer that would last longer than
     * the drain, such as a stream of events, ends by it.
     *
     * @example Stream.interruptWhen(events, lifecycle.draining)
     */
    readonly draining: Effect.Effect<void>
    /** The same without an Effect. */
    readonly isDraining: () => boolean
    /** Asks the process to drain and end, as SIGTERM does. */
    readonly stop: Effect.Effect<void>
    /** Succeeds when it has been asked. */
    readonly stopped: Effect.Effect<void>
  }
>()("@cbr/proxy/Lifecycle") {
  static readonly layer: Layer.Layer<Lifecycle> = Layer.sync(Lifecycle, () => {
    let phase: Phase = "starting"
    const draining = Latch.makeUnsafe()
    const stop = Deferred.makeUnsafe<void>()
    return Lifecycle.of({
      phase: Effect.sync(() => phase),
      enter: (next) =>
        Effect.sync(() => {
          phase = next
          if (next === "draining") draining.openUnsafe()
          else draining.closeUnsafe()
        }),
      draining: draining.await,
      isDraining: () => phase === "draining",
      stop: Effect.asVoid(Deferred.succeed(stop, undefined)),
      stopped: Deferred.await(stop)
    })
  })
}
