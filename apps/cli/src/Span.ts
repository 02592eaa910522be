import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { expecting } from "./Expectation.ts"

const pattern = /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h|d|w)$/

const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

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
  .check(Schema.isPattern(pattern, expecting({ code: "span" })))
  .pipe(
    Schema.decodeTo(
      Schema.Duration,
      SchemaTransformation.transform({
        decode: (text: string) => {
          const [, amount, unit] = pattern.exec(text) ?? []
          return Duration.seconds(Number(amount) * seconds[unit as keyof typeof seconds])
        },
        encode: (duration: Duration.Duration) => `${Duration.toSeconds(duration)}s`
      })
    )
  )
