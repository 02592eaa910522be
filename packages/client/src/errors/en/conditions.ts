import { BackupStatus } from "@cbr/domain"
import * as Duration from "effect/Duration"
import { conditionForms } from "../ConditionSyntax.ts"
import type { ConditionDetails, Sentences } from "../FailureDetails.ts"

const forms = conditionForms.join(", ")

/** Suggests the nearest known word. */
const meant = (near: string | undefined): string => (near === undefined ? "" : `; did you mean ${near}?`)

/** The most reasons that a sentence lists. */
const mostReasons = 3

/** The sentences of waits and conditions. */
export const conditions: Sentences<ConditionDetails> = {
  "condition-impossible": ({ condition, reason }, say) => `${condition} can no longer come true: ${say(reason)}`,
  "condition-not-met-within": ({ condition, last, milliseconds }, say) =>
    `${condition} did not come true within ${Duration.format(Duration.millis(milliseconds))}: ${say(last)}`,
  "condition-not-met-at-end": ({ condition, last }, say) =>
    `${condition} did not come true before the looks at the backup ended: ${say(last)}`,
  "condition-not-met-by-saved": ({ condition, reason }, say) =>
    `${condition} is not true of the saved response: ${say(reason)}`,
  "no-look-yet": () => "no look at the backup was over by then",
  "look-failed": ({ reason }, say) => `the last look failed: ${say(reason)}`,
  "backup-gone": () => "the backup is gone",
  "status-is": ({ path, status }) => `${path === undefined ? "" : `of ${path} `}the status is ${status}`,
  "status-missing": ({ path }) => `${path === undefined ? "" : `of ${path} `}the status is missing`,
  "no-replication": ({ region }) => `there is no replication to ${region}`,
  "replication-is": ({ progress, region, status }) =>
    `the replication to ${region} is ${status ?? "without a status"}${progress === undefined ? "" : ` (${progress}%)`}`,
  "restore-mode-is": ({ mode }) => (mode === undefined ? "no restore mode is told" : `the restore mode is ${mode}`),
  "test-not-held": () => "the test does not hold",
  "test-gives": ({ missing, near, value }) =>
    [
      `it gives ${value}`,
      ...(missing === undefined ? [] : [`the answer has no field ${missing}`]),
      ...(near === undefined ? [] : [`did you mean ${near}?`])
    ].join("; "),
  "not-there-yet": () => "there is no such backup yet",
  "several-reasons": ({ reasons }, say) =>
    `${reasons.slice(0, mostReasons).map(say).join(", ")}${
      reasons.length > mostReasons ? `, and ${reasons.length - mostReasons} more` : ""
    }`,
  "deletion-undone": ({ status }) => `the backup was being deleted, but its status is ${status} again`,
  "replication-ended": ({ reasons, region, status }) =>
    [`the replication to ${region} ended with ${status}`, ...reasons].join(", "),
  "condition-not-text": () => `a condition is a text; there are ${forms}`,
  "no-condition": () => `no condition was given: ${forms}`,
  "deleted-with-others": () => "deleted cannot hold together with another condition",
  "replicated-needs-region": () => "replicated needs a region id, as in replicated=cn-south-1",
  "restorable-mode-unknown": ({ near }) => `restorable is followed by nothing, =backup or =snapshot${meant(near)}`,
  "not-a-status": ({ near, status }) =>
    `${JSON.stringify(status)} is no status; there are ${BackupStatus.members.join(", ")}${meant(near)}`,
  "not-a-condition": ({ condition, near }) =>
    `${JSON.stringify(condition)} is no condition; there are ${forms}${meant(near)}`,
  "not-a-query": ({ query, why }) => `${query} is no query: ${why}`,
  "query-not-read": () => "query= needs query() of @cbr/client/jmespath"
}
