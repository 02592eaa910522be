import * as Schema from "effect/Schema"
import { expecting } from "./Expectation.ts"

/** A whole number of a range. */
export const WholeNumber = (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  Schema.Finite.annotate(expecting({ code: "number" })).check(
    Schema.isInt(expecting({ code: "integer" })),
    Schema.isGreaterThanOrEqualTo(least, expecting({ code: "at-least", least })),
    Schema.isLessThanOrEqualTo(most, expecting({ code: "at-most", most }))
  )
