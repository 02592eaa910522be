import * as Metric from "effect/Metric"
import { counters, gauge } from "../observability/Counters.ts"
import type { CacheLabel } from "./CacheStatus.ts"

/** Requests for a backup or a list, by how the cache handled them. */
export const cacheResults: Readonly<Record<CacheLabel, Metric.Counter<number>>> = counters(
  "cbr_proxy_cache_results_total",
  "Requests for a backup or a list, by how the cache handled them",
  "result",
  ["hit", "stale", "miss", "collapsed", "none"]
)

/** Entries in the cache. */
export const cacheEntries = gauge("cbr_proxy_cache_entries", "Entries in the cache")

/** Bytes in the cache. */
export const cacheBytes = gauge("cbr_proxy_cache_bytes", "Bytes in the cache")
