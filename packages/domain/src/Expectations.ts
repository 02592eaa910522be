import * as Schema from "effect/Schema"
import { BackupStatus } from "./BackupStatus.ts"

/**
 * The expectations of a backup. Each one that is given is a rule of {@link assess}.
 *
 * @example
 * ```ts
 * const nightly: Expectations = {
 *   age: { max: Duration.hours(24), warn: Duration.hours(20) },
 *   replicated: { regions: ["cn-south-1"], within: Duration.hours(6) },
 *   encrypted: true
 * }
 * ```
 * @category Verdicts
 * @since 0.1.0
 */
export const Expectations = Schema.Struct({
  /** That its health is good, by {@link health}; a degraded one is a warning unless told otherwise. */
  healthy: Schema.optionalKey(
    Schema.Struct({ degraded: Schema.optionalKey(Schema.Literals(["warning", "critical"])) })
  ),
  /** The status that it has. */
  status: Schema.optionalKey(BackupStatus),
  /** The maximum age of its content, and the age from which the verdict is a warning. */
  age: Schema.optionalKey(
    Schema.Struct({ max: Schema.optionalKey(Schema.Duration), warn: Schema.optionalKey(Schema.Duration) })
  ),
  /** The minimum time until it expires. */
  not_expiring_within: Schema.optionalKey(Schema.Duration),
  /**
   * The regions that it is copied to. `within` gives a copy that has not ended
   * so much time, counted from the moment of the content.
   */
  replicated: Schema.optionalKey(
    Schema.Struct({ regions: Schema.Array(Schema.String), within: Schema.optionalKey(Schema.Duration) })
  ),
  /** That it can be restored: in any way but by creating new resources, or in this mode. */
  restorable: Schema.optionalKey(Schema.Literals([true, "backup", "snapshot"])),
  /** Whether it is encrypted. */
  encrypted: Schema.optionalKey(Schema.Boolean),
  /** Whether it is kept in several availability zones. */
  multi_az: Schema.optionalKey(Schema.Boolean),
  /** The minimum number of its children. */
  min_children: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** That all of its children, and theirs, are available. */
  children_whole: Schema.optionalKey(Schema.Literal(true)),
  /** Id of the resource that it was made of. */
  resource: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Expectations" })

/**
 * The expectations of a backup.
 * @category Verdicts
 * @since 0.1.0
 */
export type Expectations = typeof Expectations.Type
