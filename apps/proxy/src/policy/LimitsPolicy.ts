import * as Context from "effect/Context"
import { atStart, count, defaulted, defaultsOf, section } from "./SettingSchema.ts"

/** Maximum work of the proxy at once. */
export const LimitsSection = section(
  {
    upstream_calls: defaulted(atStart(count(1, 10_000, "Maximum calls to one region at a time")), 64),
    queue: defaulted(atStart(count(0, 100_000, "Maximum calls to one region that wait for a turn")), 256),
    queue_wait_ms: defaulted(
      atStart(count(0, 60_000, "Maximum time that a call waits for its turn, in milliseconds")),
      500
    ),
    deadline_ms: defaulted(
      count(50, 60_000, "Deadline of a request without X-Cbr-Timeout-Ms, in milliseconds"),
      10_000
    ),
    longest_deadline_ms: defaulted(
      count(50, 60_000, "Maximum deadline that a request may name, in milliseconds"),
      60_000
    ),
    batch_items: defaulted(count(1, 1_000, "Maximum backups in one batch"), 100),
    batch_bytes: defaulted(atStart(count(1_024, 1024 * 1024, "Maximum bytes of a batch's body")), 64 * 1024),
    batch_concurrency: defaulted(count(1, 100, "Maximum items of one batch at a time"), 8),
    connections: defaulted(atStart(count(1, 100_000, "Maximum connections in all")), 2_048),
    connections_per_address: defaulted(atStart(count(1, 100_000, "Maximum connections from one address")), 64)
  },
  "How much the proxy does at once"
)

/** The `limits` of the configuration. */
export type LimitsPolicy = typeof LimitsSection.Type

export const defaultLimitsPolicy: LimitsPolicy = defaultsOf(LimitsSection)

/** The limits in force for a request; the section's defaults unless others are provided. */
export const LimitsPolicy = Context.Reference<LimitsPolicy>("@cbr/proxy/LimitsPolicy", {
  defaultValue: () => defaultLimitsPolicy
})
