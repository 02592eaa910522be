import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { LiveRules } from "../policy/LiveRules.ts"
import { Refusal } from "../problems/Refusal.ts"
import type { Caller } from "../rights/Caller.ts"
import { kept } from "./Kept.ts"

/** Counts what each caller keeps open. A place is a connection of this process, so replicas count apart. */
export class Places extends Context.Service<
  Places,
  {
    /** Takes one as long as the scope lasts. Fails with `QuotaExceeded` when the caller has all that it may. */
    readonly take: (caller: Caller) => Effect.Effect<void, Refusal, Scope.Scope>
  }
>()("@cbr/proxy/Places") {
  static readonly layer: Layer.Layer<Places> = Layer.sync(Places, () => {
    const taken = new Map<string, number>()
    const change = (id: string, by: 1 | -1) => {
      const now = (taken.get(id) ?? 0) + by
      if (now === 0) taken.delete(id)
      else taken.set(id, now)
    }
    return Places.of({
      take: ({ id }) =>
        Effect.flatMap(LiveRules, ({ streams_per_caller }) =>
          (taken.get(id) ?? 0) < streams_per_caller
            ? kept(
                Effect.sync(() => change(id, 1)),
                () => Effect.sync(() => change(id, -1))
              )
            : Effect.fail(full(streams_per_caller))
        )
    })
  })
}

const full = (streams: number) =>
  new Refusal({
    reason: "QuotaExceeded",
    message: `this caller has ${streams} streams and long polls open, as many as it may`,
    headers: { "retry-after": "60" }
  })
