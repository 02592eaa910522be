import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { expecting } from "./Expectation.ts"

const pattern = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const millisOf = (text: string): number => {
  const [, amount, unit = "s"] = pattern.exec(text) ?? []
  return Number(amount) * milliseconds[unit as keyof typeof milliseconds]
}

/** In the largest unit that leaves no fraction. */
const textOf = (millis: number): string => {
  const unit = (["h", "m", "s"] as const).find((each) => millis % milliseconds[each] === 0) ?? "ms"
  return `${millis / milliseconds[unit]}${unit}`
}

/**
 * A time limit as it is typed: a number and `ms`, `s`, `m` or `h`; seconds
 * without a unit. From a millisecond to a day.
 *
 * @example
 * ```ts
 * Schema.decodeUnknownSync(TimeLimit)("1.5m") // 90 seconds
 * ```
 */
export const TimeLimit: Schema.Codec<Duration.Duration, string> = Schema.String.check(
  Schema.makeFilter((text) => millisOf(text) >= 1 && millisOf(text) <= 24 * milliseconds.h, expecting({ code: "time" }))
).pipe(
  Schema.decodeTo(
    Schema.Duration,
    SchemaTransformation.transform({
      decode: (text: string) => Duration.millis(millisOf(text)),
      encode: (duration: Duration.Duration) => textOf(Duration.toMillis(duration))
    })
  )
)
