import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Where one secret stands, and the setting that says so. */
export type SecretReference = { readonly setting: string } & (
  | {
      /** A file that holds it alone; a line break at its end is not part of it. */
      readonly file: string
    }
  | {
      /** An environment variable. */
      readonly env: string
    }
  | {
      /** A program and its arguments, which prints it; no shell stands between. */
      readonly command: ReadonlyArray<string>
    }
  | {
      /** The secret itself, in the configuration. */
      readonly inline: Redacted.Redacted<string>
    }
)

type Fields<Name extends string> = {
  readonly [Key in Name]: Schema.optionalKey<Schema.RedactedFromValue<Schema.NonEmptyString>>
} & { readonly [Key in `${Name}_file` | `${Name}_env`]: Schema.optionalKey<Schema.NonEmptyString> } & {
  readonly [Key in `${Name}_command`]: Schema.optionalKey<Schema.$Array<Schema.NonEmptyString>>
}

/** The four ways to give a secret, of which a struct must have exactly one: see {@link givesOnce}. */
export const secretFields = <const Name extends string>(name: Name, what: string) =>
  ({
    [`${name}_file`]: Schema.optionalKey(
      Schema.NonEmptyString.annotate({ description: `File that holds ${what}; relative to this file` })
    ),
    [`${name}_env`]: Schema.optionalKey(
      Schema.NonEmptyString.annotate({ description: `Environment variable that holds ${what}` })
    ),
    [`${name}_command`]: Schema.optionalKey(
      Schema.Array(Schema.NonEmptyString)
        .check(Schema.isMinLength(1, { message: "expected a program and its arguments" }))
        .annotate({
          description: `Program and arguments that print ${what}, run in this file's folder without a shell`
        })
    ),
    [name]: Schema.optionalKey(
      Schema.RedactedFromValue(
        Schema.NonEmptyString.annotate({ description: `In plain text, ${what}; prefer the other ways` })
      )
    )
  }) as Fields<Name>

const waysOf = (name: string) => [`${name}_file`, `${name}_env`, `${name}_command`, name]

/** Checks that a secret is given in exactly one way. */
export const givesOnce = (name: string) => givesIn(name, (ways) => ways === 1, "exactly one")

/** Checks that a secret that may be absent is given in one way. */
export const givesAtMostOnce = (name: string) => givesIn(name, (ways) => ways <= 1, "at most one")

const givesIn = (name: string, isRight: (ways: number) => boolean, howMany: string) => {
  const ways = waysOf(name)
  return Schema.makeFilter((struct: object) =>
    isRight(ways.filter((way) => way in struct).length) ? undefined : `expected ${howMany} of ${ways.join(", ")}`
  )
}

/** The reference that the fields of {@link secretFields} make; `undefined` where none is given. */
export const referenceOf = (name: string, struct: object): SecretReference | undefined => {
  const setting = waysOf(name).find((way) => (struct as Readonly<Record<string, unknown>>)[way] !== undefined)
  if (setting === undefined) return undefined
  const way = setting === name ? "inline" : setting.slice(name.length + 1)
  return { setting, [way]: (struct as Readonly<Record<string, unknown>>)[setting] } as unknown as SecretReference
}
