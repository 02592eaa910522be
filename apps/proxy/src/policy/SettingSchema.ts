import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/** A setting with a default: written once, here, and so in the published schema and in every document. */
export const defaulted = <S extends Schema.Top>(schema: S, value: S["Encoded"]) => {
  const described = Schema.annotateEncoded<S>({ default: value })(schema) as S
  return Schema.withDecodingDefaultKey<S>(Effect.succeed(value))(described)
}

/** A group of settings that all have defaults, so the file may leave the group out. */
export const section = <const Fields extends Schema.Struct.Fields>(
  fields: Fields,
  description: string,
  applies: "at start" | "at reload" = "at reload"
) => {
  const described = Schema.Struct(fields).annotate({ description })
  const struct = applies === "at start" ? atStart(described) : described
  return struct.pipe(Schema.withDecodingDefaultKey<typeof struct>(Effect.succeed({} as (typeof struct)["Encoded"])))
}

/** A section with every default. */
export const defaultsOf = <A>(section: Schema.Decoder<A>): A =>
  Schema.decodeUnknownSync(Schema.Struct({ section }))({}).section

/** A setting, or a section, that the proxy reads at start only; it follows changes of all others. */
export const atStart = <S extends Schema.Top>(schema: S): S["Rebuild"] => {
  const { description } = SchemaAST.resolve(schema.ast) ?? {}
  const text = typeof description === "string" ? `${description}; read at start only` : "read at start only"
  return schema.annotate({ appliesAtStart: true, description: text })
}

/** A whole number within bounds. */
export const wholeNumber = (minimum: number, maximum: number, message: string, description: string) =>
  Schema.Number.annotate({ message })
    .check(Schema.isInt({ message }).abort(), Schema.isBetween({ minimum, maximum }, { message }))
    .annotate({ description })

/** A whole number within bounds; the description says what it counts, and its unit. */
export const count = (minimum: number, maximum: number, description: string) =>
  wholeNumber(minimum, maximum, `expected a whole number from ${minimum} to ${maximum}`, description)

/** A text that is not empty. */
export const text = (description: string) => Schema.NonEmptyString.annotate({ description })

/** A text of a form. */
export const matching = (form: RegExp, message: string) => Schema.String.check(Schema.isPattern(form, { message }))

/** An address of a form. A form cannot tell all that a URL may not have, such as a port above 65535. */
export const address = (form: RegExp, message: string, isUsable = (text: string) => URL.canParse(text)) =>
  Schema.String.check(
    Schema.makeFilter((text: string) => (!form.test(text) || isUsable(text) ? undefined : message)),
    // Last, since the published schema takes the description with it.
    Schema.isPattern(form, { message })
  )

/** True or false. */
export const trueOrFalse = (description: string) => Schema.Boolean.annotate({ description })

/** A record whose keys have a form. */
export const named = <S extends Schema.Constraint>(form: RegExp, expected: string, value: S) =>
  Schema.Record(Schema.String, value).check(
    Schema.makeFilter((record: Readonly<Record<string, unknown>>) =>
      Object.keys(record)
        .filter((name) => !form.test(name))
        .map((name) => ({ path: [name], issue: `expected ${expected}` }))
    )
  )
