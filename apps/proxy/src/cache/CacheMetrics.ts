import * as Metric from "effect/Metric"
import type { CacheResult } from "./CacheStatus.ts"

const results = Metric.counter("cbr_proxy_cache_results_total", {
  description: "Requests for a backup, by how the cache handled them",
  incremental: true
})

/** Requests for a backup, by how the cache handled them. */
export const cacheResults: Readonly<Record<CacheResult, Metric.Counter<number>>> = {
  hit: Metric.withAttributes(results, { result: "hit" }),
  stale: Metric.withAttributes(results, { result: "stale" }),
  miss: Metric.withAttributes(results, { result: "miss" }),
  collapsed: Metric.withAttributes(results, { result: "collapsed" }),
  none: Metric.withAttributes(results, { result: "none" })
}

/** What the cache holds. */
export const cacheEntries = Metric.gauge("cbr_proxy_cache_entries", { description: "Entries in the cache" })

/** What the cache holds, in bytes. */
export const cacheBytes = Metric.gauge("cbr_proxy_cache_bytes", { description: "Bytes in the cache" })
