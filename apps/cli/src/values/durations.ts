import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { expecting } from "./Expectation.ts"

const timeoutPattern = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/

/** Milliseconds of each unit. */
const timeoutUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const millisOf = (text: string): number => {
  const [, amount, unit = "s"] = timeoutPattern.exec(text) ?? []
  return Number(amount) * timeoutUnits[unit as keyof typeof timeoutUnits]
}

/** A time in the largest unit that leaves no fraction. */
const textOf = (millis: number): string => {
  const unit = (["h", "m", "s"] as const).find((each) => millis % timeoutUnits[each] === 0) ?? "ms"
  return `${millis / timeoutUnits[unit]}${unit}`
}

/**
 * A time limit as it is typed: a number and `ms`, `s`, `m` or `h`; seconds
 * without a unit. From a millisecond to a day.
 *
 * @example
 * ```ts
 * Schema.decodeUnknownSync(Timeout)("1.5m") // 90 seconds
 * ```
 */
export const Timeout: Schema.Codec<Duration.Duration, string> = Schema.String.check(
  Schema.makeFilter((text) => millisOf(text) >= 1 && millisOf(text) <= 24 * timeoutUnits.h, expecting({ code: "time" }))
).pipe(
  Schema.decodeTo(
    Schema.Duration,
    SchemaTransformation.transform({
      decode: (text: string) => Duration.millis(millisOf(text)),
      encode: (duration: Duration.Duration) => textOf(Duration.toMillis(duration))
    })
  )
)

const spanPattern = /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h|d|w)$/

/** Seconds of each unit. */
const spanUnits = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/**
 * A span of days rather than milliseconds, as ages and expiries are: a number
 * and `s`, `m`, `h`, `d` or `w`. The unit is required, since seconds are rarely
 * meant.
 *
 * @example
 * ```ts
 * Schema.decodeUnknownSync(Span)("1.5d") // 36 hours
 * ```
 */
export const Span: Schema.Codec<Duration.Duration, string> = Schema.String.annotate(expecting({ code: "span" }))
  .check(Schema.isPattern(spanPattern, expecting({ code: "span" })))
  .pipe(
    Schema.decodeTo(
      Schema.Duration,
      SchemaTransformation.transform({
        decode: (text: string) => {
          const [, amount, unit] = spanPattern.exec(text) ?? []
          return Duration.seconds(Number(amount) * spanUnits[unit as keyof typeof spanUnits])
        },
        encode: (duration: Duration.Duration) => `${Duration.toSeconds(duration)}s`
      })
    )
  )
