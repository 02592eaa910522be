import * as Schema from "effect/Schema"
import { ShowBackupError } from "../ShowBackupError.ts"

const fields = {
  /** What happened, in one sentence, safe to show. */
  message: Schema.String,
  /** What was waited for, as text. */
  condition: Schema.String,
  /** The service's id of the answer that was seen last. */
  request_id: Schema.optionalKey(Schema.String)
}

/** What was waited for can no longer come true; `reason` says why. */
export class ConditionImpossible extends Schema.TaggedError<ConditionImpossible>()("ConditionImpossible", {
  ...fields,
  /** Why, as a clause: `the status is error`. */
  reason: Schema.String
}) {}

/** What was waited for did not come true in time. */
export class ConditionTimedOut extends Schema.TaggedError<ConditionTimedOut>()("ConditionTimedOut", fields) {}

/** Every way in which `waitUntil` fails. `ErrorTable` has a row for each. */
export const WaitUntilError = Schema.Union([...ShowBackupError.members, ConditionImpossible, ConditionTimedOut])

/** Every way in which `waitUntil` fails. */
export type WaitUntilError = typeof WaitUntilError.Type
