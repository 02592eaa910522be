import * as Effect from "effect/Effect"
import { Failure } from "../failures/Failure.ts"
import { parsePointInTime } from "../values/pointInTime.ts"

/** The moment that a flag's text means, in epoch milliseconds; wrong use where it means none. */
export const readMoment = (flag: string, text: string, now: number): Effect.Effect<number, Failure> => {
  const at = parsePointInTime(text, now)
  return at === undefined
    ? Effect.fail(
        new Failure({
          kind: "InvalidRequest",
          render: ({ resources, wrongUse }) => ({
            title: wrongUse.title,
            what: flag,
            why: resources.notAMoment(text),
            next: [resources.giveMoment]
          })
        })
      )
    : Effect.succeed(at)
}
