import * as Schema from "effect/Schema"
import { DetailedError } from "./DetailedError.ts"
import { ShowBackupError } from "./ShowBackupError.ts"

const fields = {
  /** The service's id of the answer that was seen last. */
  request_id: Schema.optionalKey(Schema.String)
}

/**
 * The awaited condition can no longer come true; the detail `condition-impossible` names it, and the reason.
 * @category Errors
 * @since 0.1.0
 */
export class ConditionImpossible extends DetailedError<ConditionImpossible>()("ConditionImpossible", fields) {}

/**
 * The awaited condition did not come true in time.
 * @category Errors
 * @since 0.1.0
 */
export class ConditionTimedOut extends DetailedError<ConditionTimedOut>()("ConditionTimedOut", fields) {}

/**
 * Every way in which `waitUntil` fails. `ErrorTable` has a row for each.
 * @category Errors
 * @since 0.1.0
 */
export const WaitUntilError = Schema.Union([...ShowBackupError.members, ConditionImpossible, ConditionTimedOut])

/**
 * Every way in which `waitUntil` fails.
 * @category Errors
 * @since 0.1.0
 */
export type WaitUntilError = typeof WaitUntilError.Type
