import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { ReplayEntry } from "./ReplayCache.ts"
import type { Quota, Taken } from "./TokenBuckets.ts"

/** Why the store did not carry out an operation; each replica then goes on by itself. */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  message: Schema.String
}) {}

/** The place of a value and of the lease to write it. */
export interface Slot {
  readonly kind: "answer" | "credential"
  readonly id: string
}

/** A value that stands in a slot. Times are milliseconds by the store's clock: those of the replicas may differ. */
export interface Held {
  /** Differs from that of every other value. */
  readonly version: string
  /** `undefined` for what no replica wrote there with a key that this one has. */
  readonly value: string | undefined
  /** The whole life of the value, and the rest of it. */
  readonly life: number
  readonly left: number
}

/** The reply to a replica that wants a newer value than it knows. */
export type Leased =
  | { readonly _tag: "Found"; readonly held: Held }
  /** The lease is its own for so long as it asked for. */
  | { readonly _tag: "Granted" }
  /** Another has the lease, for so many milliseconds yet. */
  | { readonly _tag: "Taken"; readonly left: number }

/** A new value. */
export interface Written {
  readonly version: string
  readonly value: string
  readonly milliseconds: number
}

/** The end of a lease. */
export interface Release {
  /** The token of the lease; `undefined` ends the lease of whichever replica has it. */
  readonly token: string | undefined
  /** The value that stands there from then on; `keep` leaves the one from before, `forget` leaves none. */
  readonly value: Written | "keep" | "forget"
  /** Sent to all replicas. */
  readonly notice: string
}

/** A channel of the replicas' notices. */
export type Channel = "answers" | "credentials" | "revocations"

/**
 * The state beyond one request, in this process's memory or in a Redis
 * that several replicas have in common: answers and the leases to fetch them,
 * the status of credentials, quotas, signatures that were used, and
 * credentials of callers that were revoked. Every operation ends in time.
 *
 * The callers have the rules, once for both: the values to keep, their lives,
 * and the replacement while the store is unavailable.
 */
export class Store extends Context.Service<
  Store,
  {
    /** Whether other replicas may have it too: without them no value is written, and no lease renewed. */
    readonly isShared: boolean
    /** The lease of a slot, unless a value stands there that differs from the known one, or another has the lease. */
    readonly claim: (
      slot: Slot,
      wish: { readonly known: string; readonly token: string; readonly milliseconds: number }
    ) => Effect.Effect<Leased, StoreUnavailable>
    readonly look: (slot: Slot) => Effect.Effect<Held | undefined, StoreUnavailable>
    /** Keeps a lease for so many milliseconds more; nothing, where it is another's by now. */
    readonly renew: (slot: Slot, token: string, milliseconds: number) => Effect.Effect<void, StoreUnavailable>
    /** Ends a lease; nothing, where it is another's by now. */
    readonly release: (slot: Slot, release: Release) => Effect.Effect<void, StoreUnavailable>
    /**
     * Takes a token of a bucket, when it is called; where the store cannot be had, of this replica's share. An `Exit`
     * where this process knows by itself; else nothing is taken before the Effect runs.
     *
     * @param now milliseconds since 1970
     */
    readonly take: (bucket: string, quota: Quota, now: number) => Effect.Effect<Taken>
    /**
     * Notes a name for so many milliseconds; tells whether that is the first time, as far as can be told.
     *
     * @param permit charges the quota of names that other replicas remember too
     */
    readonly useOnce: <E = never>(
      used: ReplayEntry,
      milliseconds: number,
      permit?: Effect.Effect<void, E>
    ) => Effect.Effect<boolean, E>
    /** Has every replica refuse a credential: see `Revocations`. */
    readonly revoke: (id: string) => Effect.Effect<void, StoreUnavailable>
    /** Every credential that is revoked. */
    readonly revoked: Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
    /** The notices of the other replicas from now on; some may be lost. */
    readonly notices: (channel: Channel) => Stream.Stream<string>
    /** Emits when notices may have been lost, and all is to be looked at anew. */
    readonly restored: Stream.Stream<void>
    /** The functions that fail, each with the reason, for the operator. */
    readonly troubles: () => ReadonlyArray<string>
  }
>()("@cbr/proxy/Store") {}
