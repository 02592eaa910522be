import * as Context from "effect/Context"
import { atStart, count, defaulted, defaultsOf, section } from "./SettingSchema.ts"

const day = 24 * 60 * 60
const seconds = (description: string) => count(0, day, `Seconds: ${description}`)

/** Size of the cache, and the times of its answers. */
export const CacheSection = section(
  {
    entries: defaulted(
      atStart(count(0, 1_000_000, "Maximum backups in the cache, and maximum ids without a backup; 0 for none")),
      10_000
    ),
    bytes: defaulted(
      atStart(count(0, 8 * 1024 * 1024 * 1024, "Maximum memory for these backups and ids, in bytes")),
      64 * 1024 * 1024
    ),
    list_bytes: defaulted(
      atStart(count(0, 8 * 1024 * 1024 * 1024, "Maximum memory for pages of lists beside that, in bytes; 0 for none")),
      16 * 1024 * 1024
    ),
    fresh_seconds: section(
      {
        available: defaulted(seconds("a backup that is available"), 60),
        error: defaulted(seconds("a backup in error"), 30),
        moving: defaulted(seconds("a backup that is changing"), 2),
        part_moving: defaulted(seconds("a backup at rest with a child or a replication that is changing"), 5),
        unknown: defaulted(seconds("a backup in a state that is not documented"), 2),
        list: defaulted(seconds("a page of the list, if no backup on it is fresh for less"), 5),
        not_found: defaulted(seconds("no such backup"), 5),
        not_found_after_deleting: defaulted(seconds("no such backup, after the proxy saw it being deleted"), 60)
      },
      "How long an answer is fresh, by the backup's state"
    ),
    jitter_percent: defaulted(count(0, 50, "How much these times vary either way, in percent"), 10),
    stale_while_revalidate_seconds: defaulted(seconds("a stale answer serves while a new one is fetched"), 30),
    stale_if_error_seconds: defaulted(
      seconds("a stale answer about a backup at rest serves while the cloud fails"),
      3_600
    ),
    bypasses_per_second: defaulted(count(0, 1_000, "Maximum calls a second past the cache for one backup"), 1)
  },
  "What the cache keeps of the cloud's answers, and for how long"
)

/** The `cache` of the configuration. */
export type CachePolicy = typeof CacheSection.Type

export const defaultCachePolicy: CachePolicy = defaultsOf(CacheSection)

/** The policy in force for a request; the section's defaults unless another is provided. */
export const CachePolicy = Context.Reference<CachePolicy>("@cbr/proxy/CachePolicy", {
  defaultValue: () => defaultCachePolicy
})
