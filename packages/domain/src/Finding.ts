import * as Schema from "effect/Schema"
import { Expectations } from "./Expectations.ts"

/**
 * The verdict on a backup by one expectation. `unknown` means that the field is missing, or has a value that the page
 * does not list and that is not the expected one. A time of the content that lies in the future is `unknown` too.
 * @category Verdicts
 * @since 0.1.0
 */
export const Verdict = Schema.Literals(["ok", "warning", "unknown", "critical"])

/**
 * The verdict on a backup by one expectation.
 * @category Verdicts
 * @since 0.1.0
 */
export type Verdict = typeof Verdict.Type

/**
 * The result of one expectation.
 *
 * @example
 * ```ts
 * { rule: "encrypted", field: "extend_info.encrypted", expected: "true", actual: "missing", verdict: "unknown" }
 * ```
 * @category Verdicts
 * @since 0.1.0
 */
export const Finding = Schema.Struct({
  /** The expectation that was checked. */
  rule: Schema.Literals(Object.keys(Expectations.fields) as ReadonlyArray<keyof typeof Expectations.fields>),
  /** The field that decided, from the backup down. */
  field: Schema.String,
  /** The expected value, in words. */
  expected: Schema.String,
  /** The backup's value, in words; `missing` when it did not come. */
  actual: Schema.String,
  verdict: Verdict
}).annotate({ identifier: "Finding" })

/**
 * The result of one expectation.
 * @category Verdicts
 * @since 0.1.0
 */
export type Finding = typeof Finding.Type

/**
 * The verdict on all findings together: the gravest, in the order `ok`,
 * `warning`, `unknown`, `critical`. What is unknown may be critical, so it
 * outweighs a warning. With no findings nothing was checked: `unknown`.
 * @category Verdicts
 * @since 0.1.0
 */
export const overallVerdict = (findings: ReadonlyArray<Finding>): Verdict => {
  const verdicts = new Set(findings.map(({ verdict }) => verdict))
  return Verdict.literals.findLast((verdict) => verdicts.has(verdict)) ?? "unknown"
}
