import { Clock, Effect } from "effect"
import * as MemoryStore from "../../src/store/MemoryStore.ts"
import { type Leased, Store, StoreUnavailable } from "../../src/store/Store.ts"

/** A store with one slot, which loses what it is told, or its replies, when the test says so. */
export const makeLossyStore = Effect.gen(function* () {
  const memory = yield* Effect.provide(Store, MemoryStore.layer)
  const faults = { losesWrites: false, losesReplies: false }
  let lease: { readonly token: string; readonly until: number } | undefined
  let value:
    | { readonly version: string; readonly value: string; readonly until: number; readonly life: number }
    | undefined
  const lost = Effect.fail(new StoreUnavailable({ message: "lost" }))
  const written = <A>(change: (now: number) => A) =>
    Effect.suspend(() => (faults.losesWrites ? lost : Effect.map(Clock.currentTimeMillis, change)))
  const store = Store.of({
    ...memory,
    isShared: true,
    claim: (_, { known, milliseconds, token }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now): Effect.Effect<Leased, StoreUnavailable> => {
        if (value !== undefined && now < value.until && value.version !== known) {
          return Effect.succeed({ _tag: "Found", held: { ...value, left: value.until - now } })
        }
        if (lease !== undefined && now < lease.until) {
          return Effect.succeed({ _tag: "Taken", left: lease.until - now })
        }
        lease = { token, until: now + milliseconds }
        return faults.losesReplies ? lost : Effect.succeed({ _tag: "Granted" })
      }),
    renew: (_, token, milliseconds) =>
      written((now) => {
        if (lease?.token === token && now < lease.until) lease = { token, until: now + milliseconds }
      }),
    release: (_, { token, value: change }) =>
      written((now) => {
        if (token !== undefined && !(lease?.token === token && now < lease.until)) return
        lease = undefined
        if (typeof change !== "string") {
          const { milliseconds, value: text, version } = change
          value = { version, value: text, until: now + milliseconds, life: milliseconds }
        }
      })
  })
  return {
    store,
    faults,
    left: Effect.map(Clock.currentTimeMillis, (now) => (value === undefined ? 0 : value.until - now))
  }
})
