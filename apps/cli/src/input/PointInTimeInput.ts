import * as Effect from "effect/Effect"
import type { Failure } from "../failures/Failure.ts"
import { invalidRequestFailure } from "../failures/InvalidRequestFailure.ts"
import { parsePointInTime } from "../values/pointInTime.ts"

/** The moment that a flag's text means, in epoch milliseconds; wrong use where it means none. */
export const readPointInTime = (flag: string, text: string, now: number): Effect.Effect<number, Failure> => {
  const at = parsePointInTime(text, now)
  return at === undefined
    ? Effect.fail(invalidRequestFailure(flag, ({ resources }) => [resources.notAMoment(text), resources.giveMoment]))
    : Effect.succeed(at)
}
