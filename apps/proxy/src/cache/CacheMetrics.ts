import * as Metric from "effect/Metric"
import { fromZero } from "../observability/FromZero.ts"
import type { CacheLabel } from "./CacheStatus.ts"

const counted = (result: CacheLabel) =>
  fromZero(
    Metric.counter("cbr_proxy_cache_results_total", {
      description: "Requests for a backup or a list, by how the cache handled them",
      incremental: true,
      attributes: { result }
    })
  )

/** Requests for a backup or a list, by how the cache handled them. */
export const cacheResults: Readonly<Record<CacheLabel, Metric.Counter<number>>> = {
  hit: counted("hit"),
  stale: counted("stale"),
  miss: counted("miss"),
  collapsed: counted("collapsed"),
  none: counted("none")
}

/** What the cache holds. */
export const cacheEntries = Metric.gauge("cbr_proxy_cache_entries", { description: "Entries in the cache" })

/** What the cache holds, in bytes. */
export const cacheBytes = Metric.gauge("cbr_proxy_cache_bytes", { description: "Bytes in the cache" })
