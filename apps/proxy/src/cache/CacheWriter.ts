import * as Context from "effect/Context"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { CachePolicy } from "../policy/CachePolicy.ts"
import { absent, type CacheEntry, present } from "./CacheEntry.ts"
import { cacheBytes, cacheEntries } from "./CacheMetrics.ts"
import type { FetchError } from "./CacheResult.ts"
import type { CacheStore } from "./CacheStore.ts"
import type { CloudAnswer } from "./CloudAnswer.ts"
import { failureClassOf } from "./FailureClass.ts"

/** How the store follows what the cloud says. All moments are in milliseconds since 1970. */
export interface CacheWriter {
  /** The entry for an answer that came at a moment, by the rules of a context. */
  readonly entryOf: (
    key: string,
    answered: CloudAnswer,
    at: number,
    context: Context.Context<never>,
    version?: string
  ) => CacheEntry
  readonly put: (key: string, entry: CacheEntry) => void
  readonly forget: (key: string) => void
  /** What follows from a failure for the entry that is there. */
  readonly fail: (key: string, error: FetchError, at: number) => void
}

/** How this store follows; the metrics say how full it is. */
export const makeCacheWriter = (store: CacheStore, services: Context.Context<never>): CacheWriter => {
  const changed = () => {
    const { bytes, entries } = store.size()
    cacheEntries.updateUnsafe(entries, services)
    cacheBytes.updateUnsafe(bytes, services)
  }
  const forget = (key: string) => {
    store.forget(key)
    changed()
  }
  return {
    entryOf: (key, { answer, wasLeaving }, at, context, version) => {
      const chance = Context.get(context, Random.Random).nextDoubleUnsafe()
      const learnt = { at, chance, rules: Context.get(context, CachePolicy), version }
      return Result.isSuccess(answer)
        ? present(key, answer.success, learnt)
        : absent(answer.failure, wasLeaving, learnt)
    },
    put: (key, entry) => {
      store.put(key, entry)
      changed()
    },
    forget,
    fail: (key, error, at) => {
      switch (failureClassOf(error)) {
        case "notFound":
        case "denied":
          return forget(key)
        case "transient": {
          const entry = store.get(key)
          if (entry?._tag !== "Present") return
          entry.revalidation.lastAt = at
          entry.revalidation.backoffUntil = at + holdFor(error)
          return
        }
        case "local":
      }
    }
  }
}

/** How long the cloud is left alone about a backup after it failed, in milliseconds: a second, or as it says, within reason. */
const holdFor = (error: FetchError): number =>
  Math.min(Math.max(error._tag === "ProxyError" ? 1 : (error.retry_after ?? 1), 1), 30) * 1_000
