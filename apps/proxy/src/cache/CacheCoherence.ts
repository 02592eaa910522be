import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { placeOf } from "./CacheKey.ts"
import type { CacheStore } from "./CacheStore.ts"
import { isOutdated, outdatedBy, type Statement } from "./Invalidation.ts"
import type { SharedAnswers } from "./SharedAnswers.ts"

/** A call to the cloud, or a look at another replica's answer, that is under way. */
export class Call {
  readonly key: string
  readonly place: string
  /** Whether its answer may be cached. */
  readonly stores: boolean
  /** Statements of other answers about the same project since the call began. */
  readonly meanwhile: Array<Statement> = []
  /** Whether the key has been forgotten since the call began. */
  isForgotten = false
  /** Whether this replica calls the cloud, and not another. */
  isOwn = false
  fiber: Fiber.Fiber<unknown> | undefined

  constructor(key: string, stores: boolean) {
    this.key = key
    this.place = placeOf(key)
    this.stores = stores
  }

  /** Whether no other answer since the call began tells another state. */
  isLatest(said: Statement): boolean {
    return !this.meanwhile.some((newer) => isOutdated(said, newer))
  }
}

/** Keeps an answer from being cached, or from staying so, after another answer told a newer state. */
export interface CacheCoherence {
  /** The calls whose answers are yet to come. */
  readonly underWay: Set<Call>
  /** Forgets, here and at other replicas, the cached answers that a new one outdates, and notes it for the calls. */
  readonly outdate: (key: string, said: Statement) => Effect.Effect<void>
  /** Forgets a key in this process; the answer of a call that is under way for it is not cached. */
  readonly forgetHere: (key: string) => void
  /** Forgets a key here and at other replicas. */
  readonly forget: (key: string) => Effect.Effect<void>
}

/** @param closed called with each key that is forgotten */
export const makeCacheCoherence = (
  store: CacheStore,
  shared: Pick<SharedAnswers["Service"], "forget">,
  closed: (key: string) => void
): CacheCoherence => {
  const underWay = new Set<Call>()

  const forgetHere = (key: string) => {
    closed(key)
    for (const call of underWay) if (call.key === key && call.stores) call.isForgotten = true
    store.forget(key)
  }

  return {
    underWay,
    forgetHere,
    forget: (key) =>
      Effect.suspend(() => {
        forgetHere(key)
        return shared.forget(key)
      }),
    outdate: (key, said) => {
      const place = placeOf(key)
      for (const call of underWay) {
        if (call.place === place && call.stores) call.meanwhile.push(said)
      }
      const outdated = outdatedBy(key, said, store)
      for (const other of outdated) forgetHere(other)
      return outdated.length === 0
        ? Effect.void
        : Effect.forEach(outdated, shared.forget, { concurrency: maxForgets, discard: true })
    }
  }
}

/** Enough to hide the round trip to the store, and too few to be late there: a page of the list can outdate a thousand. */
const maxForgets = 16
