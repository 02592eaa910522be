import type { Timestamp } from "@cbr/domain"

/**
 * An instant that the service wrote.
 * @category Promises
 * @since 0.1.0
 */
export interface PlainTimestamp {
  /** The text as the service wrote it. */
  readonly text: string
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly epochMicroseconds: number
  /** Whether the text names its zone; where it does not, it was read as UTC. */
  readonly hasZone: boolean
  /** The same instant, to the millisecond. */
  readonly date: Date
  /** The text as the service wrote it. */
  toString(): string
  /** The text as the service wrote it. */
  toJSON(): string
}

/**
 * A type as one without Effect sees it: the same value, with nothing of Effect in its type.
 * @category Promises
 * @since 0.1.0
 */
export type Plain<T> = T extends Timestamp
  ? PlainTimestamp
  : T extends string
    ? PlainString<T>
    : T extends number | boolean | bigint | undefined | null | ((...args: never) => unknown)
      ? T
      : T extends Error
        ? PlainError<T>
        : T extends ReadonlyArray<infer Element>
          ? ReadonlyArray<Plain<Element>>
          : { readonly [Key in keyof T as Key extends string ? Key : never]: Plain<T[Key]> }

// An undocumented member is any string; `& {}` keeps an editor offering the documented ones beside it.
type PlainString<T extends string> = T extends object ? string & {} : T

/**
 * An error with the fields that it was made of.
 * @category Promises
 * @since 0.1.0
 */
export type PlainError<E extends Error> = Error & {
  readonly [Key in keyof E as Key extends keyof Error | OfEffect ? never : Key extends string ? Key : never]: E[Key]
}

/** The properties that Effect adds to each of its errors. */
type OfEffect = `~effect/${string}` | "pipe" | "toJSON"

/**
 * A class of errors: for `instanceof`, and to make one in a test.
 * @category Promises
 * @since 0.1.0
 */
export interface ErrorClass<E extends Error> {
  new (fields: Omit<E, "_tag" | "name" | "message" | "stack" | "cause">): E
  readonly prototype: E
}
