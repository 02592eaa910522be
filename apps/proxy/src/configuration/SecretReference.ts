import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { text } from "../policy/SettingSchema.ts"

/** The setting that gives a secret, and the secret's source: a file, a variable, a program, or the setting itself. */
export type SecretReference = { readonly setting: string } & (
  | { readonly file: string }
  | { readonly env: string }
  | { readonly command: ReadonlyArray<string> }
  | { readonly inline: Redacted.Redacted<string> }
)

type Fields<Name extends string> = {
  readonly [Key in Name]: Schema.optionalKey<Schema.RedactedFromValue<Schema.NonEmptyString>>
} & { readonly [Key in `${Name}_file` | `${Name}_env`]: Schema.optionalKey<Schema.NonEmptyString> } & {
  readonly [Key in `${Name}_command`]: Schema.optionalKey<Schema.$Array<Schema.NonEmptyString>>
}

/** The four ways to give a secret, of which a section must have exactly one: see {@link givesOnce}. */
export const secretFields = <const Name extends string>(name: Name, what: string) =>
  ({
    [`${name}_file`]: Schema.optionalKey(text(`File that holds ${what}; relative to this file`)),
    [`${name}_env`]: Schema.optionalKey(text(`Environment variable that holds ${what}`)),
    [`${name}_command`]: Schema.optionalKey(
      Schema.Array(Schema.NonEmptyString)
        .check(Schema.isMinLength(1, { message: "expected a program and its arguments" }))
        .annotate({
          description: `Program and arguments that print ${what}, run in this file's folder without a shell`
        })
    ),
    [name]: Schema.optionalKey(Schema.RedactedFromValue(text(`In plain text, ${what}; prefer the other ways`)))
  }) as Fields<Name>

const waysOf = (name: string) => [`${name}_file`, `${name}_env`, `${name}_command`, name]

/** Checks that a section gives a secret in exactly one way. */
export const givesOnce = (name: string) => exactlyOne(waysOf(name))

/** Checks that a section gives a secret in one way, or not at all. */
export const givesAtMostOnce = (name: string) => {
  const ways = waysOf(name)
  return Schema.makeFilter((section: object) =>
    ways.filter((way) => way in section).length <= 1 ? undefined : `expected at most one of ${ways.join(", ")}`
  )
}

/** Checks that a section has exactly one of these settings. */
export const exactlyOne = (names: ReadonlyArray<string>) =>
  Schema.makeFilter((section: object) =>
    names.filter((name) => name in section).length === 1 ? undefined : `expected exactly one of ${names.join(", ")}`
  )

/** The reference that the fields of {@link secretFields} make; undefined without one of them. */
export const referenceOf = (name: string, section: object): SecretReference | undefined => {
  const given = section as Readonly<Record<string, unknown>>
  const setting = waysOf(name).find((way) => given[way] !== undefined)
  if (setting === undefined) return undefined
  const way = setting === name ? "inline" : setting.slice(name.length + 1)
  return { setting, [way]: given[setting] } as unknown as SecretReference
}
