import * as Schema from "effect/Schema"
import type { Verdict } from "./Finding.ts"

/**
 * The level of a backup's health, from the best to the gravest:
 *
 * - `healthy`: it is available, and nothing known speaks against it;
 * - `in-progress`: it, a part or a copy of it is being made, restored from or deleted;
 * - `degraded`: it is whole, but a copy to another region failed or was skipped;
 * - `unknown`: a status is missing, or is not one that the page lists;
 * - `failed`: it or a part is in error, or its expiry has passed: it would not
 *   restore whole, or may go at any moment.
 * @category Verdicts
 * @since 0.2.0
 */
export const HealthLevel = Schema.Literals(["healthy", "in-progress", "degraded", "unknown", "failed"])

/**
 * The level of a backup's health.
 * @category Verdicts
 * @since 0.2.0
 */
export type HealthLevel = typeof HealthLevel.Type

/**
 * The verdict of each level under an expectation of health, which may set a graver one for `degraded`.
 * @category Verdicts
 * @since 0.2.0
 */
export const levelVerdicts: Readonly<Record<HealthLevel, Verdict>> = {
  healthy: "ok",
  "in-progress": "warning",
  degraded: "warning",
  unknown: "unknown",
  failed: "critical"
}

/**
 * Orders levels: a greater number is graver.
 * @category Verdicts
 * @since 0.2.0
 */
export const gravityOf = (level: HealthLevel): number => HealthLevel.literals.indexOf(level)
