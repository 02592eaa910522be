import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { Caller } from "../rights/Caller.ts"
import { acquireInScope } from "./acquireInScope.ts"

/** Takes one subscription of a caller for as long as the scope lasts; fails with `QuotaExceeded` if the caller has its maximum. */
export type TakeSubscription = (caller: Caller) => Effect.Effect<void, ProxyError, Scope.Scope>

/**
 * Counts the streams and long polls that each caller keeps open. Each is a connection of this process, so replicas count
 * apart.
 */
export const makeSubscriptionQuota = (): TakeSubscription => {
  const taken = new Map<string, number>()
  const change = (id: string, by: 1 | -1) => {
    const now = (taken.get(id) ?? 0) + by
    if (now === 0) taken.delete(id)
    else taken.set(id, now)
  }
  return Effect.fnUntraced(function* ({ id }) {
    const { streams_per_caller } = yield* LivePolicy
    if ((taken.get(id) ?? 0) >= streams_per_caller) return yield* full(streams_per_caller)
    yield* acquireInScope(
      Effect.sync(() => change(id, 1)),
      () => Effect.sync(() => change(id, -1))
    )
  })
}

const full = (streams: number) =>
  new ProxyError({
    reason: "QuotaExceeded",
    message: `this caller has ${streams} streams and long polls open, which is its maximum`,
    headers: { "retry-after": "60" }
  })
