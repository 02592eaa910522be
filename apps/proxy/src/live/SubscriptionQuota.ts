import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { Caller } from "../rights/Caller.ts"
import { scopedResource } from "./ScopedResource.ts"

/** Counts the streams and long polls that each caller keeps open. Each is a connection of this process, so replicas count apart. */
export class SubscriptionQuota extends Context.Service<SubscriptionQuota>()("@cbr/proxy/SubscriptionQuota", {
  make: Effect.sync(() => {
    const taken = new Map<string, number>()
    const change = (id: string, by: 1 | -1) => {
      const now = (taken.get(id) ?? 0) + by
      if (now === 0) taken.delete(id)
      else taken.set(id, now)
    }
    return {
      /** Takes one as long as the scope lasts. Fails with `QuotaExceeded` when the caller has all that it may. */
      take: Effect.fnUntraced(function* ({ id }: Caller) {
        const { streams_per_caller } = yield* LivePolicy
        if ((taken.get(id) ?? 0) >= streams_per_caller) return yield* full(streams_per_caller)
        return yield* scopedResource(
          Effect.sync(() => change(id, 1)),
          () => Effect.sync(() => change(id, -1))
        )
      })
    }
  })
}) {
  static readonly layer = Layer.effect(this, this.make)
}

const full = (streams: number) =>
  new ProxyError({
    reason: "QuotaExceeded",
    message: `this caller has ${streams} streams and long polls open, which is its maximum`,
    headers: { "retry-after": "60" }
  })
