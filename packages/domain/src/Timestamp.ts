import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { parseTimestamp } from "./parseTimestamp.ts"

/**
 * Adds microseconds to a whole second, rounding down if the sum is too large to be exact. Rounded up, the last
 * microsecond of 9999 would be in 10000.
 */
const addDown = (second: number, microseconds: number): number => {
  const sum = second + microseconds
  return sum - second === microseconds ? sum : second + (microseconds - (microseconds % 32))
}

/**
 * An instant that the service wrote, to the microsecond, with its text kept.
 *
 * The service writes times without a zone (`2020-02-05T10:38:34.209782`, read
 * as UTC), with an offset (`2019-05-10T07:59:12.085+00:00`), and may write a
 * bare date (midnight UTC). All become this one type: two timestamps are equal
 * when they are the same instant, `<` and {@link Timestamp.Order} compare instants, and
 * `text` is what came.
 *
 * @example
 * ```ts
 * const created = Option.getOrThrow(Timestamp.parse("2020-02-05T10:38:34.209782"))
 * created.epochMicroseconds // 1580899114209782
 * created.text // "2020-02-05T10:38:34.209782"
 * ```
 * @source 表4 BackupResp, `created_at` and its siblings
 * @category Backups
 * @since 0.1.0
 */
export class Timestamp implements Equal.Equal {
  /** The text as the service wrote it. */
  readonly text: string
  /** Milliseconds since 1970-01-01T00:00:00Z, rounded down. */
  readonly epochMilliseconds: number
  /**
   * Microseconds since 1970-01-01T00:00:00Z; digits beyond the sixth are only
   * in `text`. Exact from 1685 to 2255, further away rounded down to the 32nd
   * microsecond.
   */
  readonly epochMicroseconds: number
  /** Whether the text names its zone; where it does not, it was read as UTC. */
  readonly hasZone: boolean

  /** Earlier before later. */
  static readonly Order: Order.Order<Timestamp> = Order.mapInput(
    Order.Number,
    (timestamp: Timestamp) => timestamp.epochMicroseconds
  )

  private constructor(text: string, seconds: number, microseconds: number, hasZone: boolean) {
    this.text = text
    this.epochMilliseconds = seconds * 1000 + Math.floor(microseconds / 1000)
    this.epochMicroseconds = addDown(seconds * 1_000_000, microseconds)
    this.hasZone = hasZone
  }

  /** Reads the service's forms of a time; `None` for any other text. */
  static parse(text: string): Option.Option<Timestamp> {
    const time = parseTimestamp(text)
    return time === undefined
      ? Option.none()
      : Option.some(new Timestamp(text, time.seconds, time.microseconds, time.hasZone))
  }

  /** The timestamp of an instant, written in the page's form: UTC, no zone, six digits. */
  static fromEpochMicroseconds(epochMicroseconds: number): Timestamp {
    // By remainders, which are exact; a quotient far from 1970 may round up to the next second.
    const microseconds = ((epochMicroseconds % 1_000_000) + 1_000_000) % 1_000_000
    const seconds = (epochMicroseconds - microseconds) / 1_000_000
    const upToTheDot = new Date(seconds * 1000).toISOString().slice(0, -4)
    return new Timestamp(upToTheDot + String(microseconds).padStart(6, "0"), seconds, microseconds, false)
  }

  /** The same instant as Effect's type, to the millisecond. */
  get utc(): DateTime.Utc {
    return DateTime.makeUnsafe(this.epochMilliseconds)
  }

  /** The same instant as a `Date`, to the millisecond. */
  get date(): Date {
    return new Date(this.epochMilliseconds)
  }

  valueOf(): number {
    return this.epochMicroseconds
  }

  toString(): string {
    return this.text
  }

  toJSON(): string {
    return this.text
  }

  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Timestamp && this.epochMicroseconds === that.epochMicroseconds
  }

  [Hash.symbol](): number {
    return Hash.number(this.epochMicroseconds)
  }
}

/** In microseconds. Up to then every one of them is exact. */
const year2200 = Date.UTC(2200, 0, 1) * 1000

const TimestampInstance = Schema.declare((input): input is Timestamp => input instanceof Timestamp, {
  identifier: "Timestamp",
  expected: "a timestamp",
  toCodecArbitrary: () =>
    Schema.link<Timestamp>()(
      Schema.Int,
      SchemaTransformation.transform({
        decode: (value) => Timestamp.fromEpochMicroseconds(Math.abs(value) % year2200),
        encode: (timestamp) => timestamp.epochMicroseconds
      })
    )
})

/**
 * A {@link Timestamp} as it stands in the body: a string.
 * Decoding any other text than a time fails; encoding gives the original text.
 * @category Backups
 * @since 0.1.0
 */
export const TimestampFromString: Schema.Codec<Timestamp, string> = Schema.String.pipe(
  Schema.decodeTo(
    TimestampInstance,
    SchemaTransformation.transformEffect({
      decode: (text: string) =>
        Option.match(Timestamp.parse(text), {
          onNone: () => Effect.fail(new SchemaIssue.InvalidValue({ message: "a timestamp" })),
          onSome: Effect.succeed
        }),
      encode: (timestamp: Timestamp) => Effect.succeed(timestamp.text)
    })
  )
)

/** The timestamp that {@link TimestampFromString} decodes a value to; `undefined` for what it refuses. */
export const readTimestamp = (value: unknown): Timestamp | undefined =>
  typeof value === "string" ? Option.getOrUndefined(Timestamp.parse(value)) : undefined
