import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** How far the process is: it starts, serves, and in the end only finishes what it has begun. */
export type Phase = "starting" | "serving" | "draining"

/** The phase that the process is in, for whoever answers by it. */
export class Lifecycle extends Context.Service<
  Lifecycle,
  {
    readonly phase: Effect.Effect<Phase>
    readonly enter: (phase: Phase) => Effect.Effect<void>
    /** Whether the proxy drains, for who answers without an Effect. */
    readonly isDraining: () => boolean
  }
>()("@cbr/proxy/Lifecycle") {
  static readonly layer: Layer.Layer<Lifecycle> = Layer.sync(Lifecycle, () => {
    let phase: Phase = "starting"
    return Lifecycle.of({
      phase: Effect.sync(() => phase),
      enter: (next) => Effect.sync(() => void (phase = next)),
      isDraining: () => phase === "draining"
    })
  })
}
