import {
  assess,
  type BackupResp,
  type Expectations,
  hasEnded,
  isAtRest,
  latestReplication,
  overallVerdict,
  phase
} from "@cbr/domain"
import type * as DateTime from "effect/DateTime"

/** A condition that the reader waits for: one of those of `cbr wait`. */
export type WaitCondition =
  | { readonly kind: "available" | "children" | "restorable" }
  | { readonly kind: "deleted" }
  | { readonly kind: "replicated"; readonly region: string }

/** The state of a goal: reached, still possible, or out of reach until something is done about it. */
export type WaitState = "reached" | "waiting" | "impossible"

/** The state of a goal by a backup, which is `undefined` if it is gone. */
export const waitState = (goal: WaitCondition, backup: BackupResp | undefined, now: DateTime.Utc): WaitState => {
  if (backup === undefined) return goal.kind === "deleted" ? "reached" : "impossible"
  if (goal.kind === "deleted") return "waiting"
  if (overallVerdict(assess(backup, expectationOf(goal), now)) === "ok") return "reached"
  if (phase(backup.status) === "leaving" || backup.status === "error") return "impossible"
  if (goal.kind === "replicated") {
    const record = latestReplication(backup, goal.region)
    return record !== undefined && hasEnded(record.status) ? "impossible" : "waiting"
  }
  return isAtRest(backup) ? "impossible" : "waiting"
}

const expectationOf = (goal: Exclude<WaitCondition, { readonly kind: "deleted" }>): Expectations => {
  switch (goal.kind) {
    case "available":
      return { status: "available" }
    case "children":
      return { status: "available", children_whole: true }
    case "restorable":
      return { restorable: true }
    case "replicated":
      return { replicated: { regions: [goal.region] } }
  }
}
