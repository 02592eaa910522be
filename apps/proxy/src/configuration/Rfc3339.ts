import { Timestamp } from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/u

/** The form of an {@link Rfc3339}, for messages. */
export const expectedRfc3339 = "a time with its zone, such as 2027-01-31T00:00:00Z or 2027-01-31T08:00:00+08:00"

/**
 * The moment that a text names by date, time of day and zone; `None` for any
 * other text, and for a day that no calendar has.
 *
 * @example parseRfc3339("2027-02-30T00:00:00Z") // Option.none()
 * @source RFC 3339, section 5.6, in capital letters and without leap seconds
 */
export const parseRfc3339 = (text: string): Option.Option<DateTime.Utc> =>
  form.test(text) ? Option.map(Timestamp.parse(text), ({ utc }) => utc) : Option.none()

/** A moment, as it stands in a file: a string of RFC 3339 and nothing else. */
export const Rfc3339: Schema.Codec<DateTime.Utc, string> = Schema.String.check(
  Schema.isPattern(form, { message: `expected ${expectedRfc3339}` })
)
  .annotate({ format: "date-time", description: "A moment by date, time and zone, such as 2027-01-31T00:00:00Z" })
  .pipe(
    Schema.decodeTo(
      Schema.DateTimeUtc,
      SchemaTransformation.transformEffect({
        decode: (text: string) =>
          Option.match(parseRfc3339(text), {
            onNone: () => Effect.fail(new SchemaIssue.InvalidValue({ message: `expected ${expectedRfc3339}` })),
            onSome: Effect.succeed
          }),
        encode: (moment: DateTime.Utc) => Effect.succeed(DateTime.formatIso(moment))
      })
    )
  )
