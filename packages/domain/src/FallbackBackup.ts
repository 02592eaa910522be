import type { BackupResp } from "./BackupResp.ts"
import { type Finding, overallVerdict } from "./Finding.ts"

/**
 * A backup, and what its expectations found.
 * @category Verdicts
 * @since 0.2.0
 */
export interface Assessed {
  readonly backup: BackupResp
  readonly findings: ReadonlyArray<Finding>
}

/**
 * The backup to fall back on while another of the same resource is in progress. It is the first that is healthy and
 * keeps every expectation. `undefined`
 * when there is none, or when the answer does not name the resource.
 *
 * @example
 * ```ts
 * fallback(beingMade, [{ backup: lastNight, findings: assess(lastNight, expectations, now) }])?.backup.id
 * ```
 * @category Verdicts
 * @since 0.2.0
 */
export const fallback = <A extends Assessed>(
  { id, resource_id }: BackupResp,
  others: ReadonlyArray<A>
): A | undefined =>
  resource_id === undefined
    ? undefined
    : others.find(
        ({ backup, findings }) =>
          backup.resource_id === resource_id &&
          (backup.id === undefined || backup.id !== id) &&
          findings.some(({ rule }) => rule === "healthy") &&
          overallVerdict(findings) === "ok"
      )
