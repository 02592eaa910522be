import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { Caller } from "../rights/Caller.ts"
import { scopedResource } from "./ScopedResource.ts"

/** Counts the streams and long polls that each caller keeps open. Each is a connection of this process, so replicas count apart. */
export class SubscriptionQuota extends Context.Service<
  SubscriptionQuota,
  {
    /** Takes one as long as the scope lasts. Fails with `QuotaExceeded` when the caller has all that it may. */
    readonly take: (caller: Caller) => Effect.Effect<void, ProxyError, Scope.Scope>
  }
>()("@cbr/proxy/SubscriptionQuota") {
  static readonly layer: Layer.Layer<SubscriptionQuota> = Layer.sync(SubscriptionQuota, () => {
    const taken = new Map<string, number>()
    const change = (id: string, by: 1 | -1) => {
      const now = (taken.get(id) ?? 0) + by
      if (now === 0) taken.delete(id)
      else taken.set(id, now)
    }
    return SubscriptionQuota.of({
      take: ({ id }) =>
        Effect.flatMap(LivePolicy, ({ streams_per_caller }) =>
          (taken.get(id) ?? 0) < streams_per_caller
            ? scopedResource(
                Effect.sync(() => change(id, 1)),
                () => Effect.sync(() => change(id, -1))
              )
            : Effect.fail(full(streams_per_caller))
        )
    })
  })
}

const full = (streams: number) =>
  new ProxyError({
    reason: "QuotaExceeded",
    message: `this caller has ${streams} streams and long polls open, which is its maximum`,
    headers: { "retry-after": "60" }
  })
