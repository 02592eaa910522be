import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/** A setting that has a default: written once, here, and so in the published schema and in every document. */
export const defaulted = <S extends Schema.Top>(schema: S, value: S["Encoded"]) => {
  const described = Schema.annotateEncoded<S>({ default: value })(schema) as S
  return Schema.withDecodingDefaultKey<S>(Effect.succeed(value))(described)
}

/** A group of settings that all have defaults, and so may be left out whole. */
export const section = <const Fields extends Schema.Struct.Fields>(
  fields: Fields,
  description: string,
  applies: "at start" | "at reload" = "at reload"
) => {
  const described = Schema.Struct(fields).annotate({ description })
  const struct = applies === "at start" ? atStart(described) : described
  return struct.pipe(Schema.withDecodingDefaultKey<typeof struct>(Effect.succeed({} as (typeof struct)["Encoded"])))
}

/** What a section says where the file says nothing of it. */
export const defaultsOf = <A>(section: Schema.Decoder<A>): A =>
  Schema.decodeUnknownSync(Schema.Struct({ section }))({}).section

/** A setting, or a section, that is read at the start alone; all others follow a change of the file. */
export const atStart = <S extends Schema.Top>(schema: S): S["Rebuild"] => {
  const { description } = SchemaAST.resolve(schema.ast) ?? {}
  const text = typeof description === "string" ? `${description}; read at start only` : "read at start only"
  return schema.annotate({ appliesAtStart: true, description: text })
}

/** A whole number within bounds, and what it counts. */
export const count = (minimum: number, maximum: number, description: string) =>
  Schema.Int.check(
    Schema.isBetween({ minimum, maximum }, { message: `expected a whole number from ${minimum} to ${maximum}` })
  ).annotate({ description })

/** A record whose keys have a form. */
export const named = <S extends Schema.Constraint>(form: RegExp, expected: string, value: S) =>
  Schema.Record(Schema.String, value).check(
    Schema.makeFilter((record: Readonly<Record<string, unknown>>) =>
      Object.keys(record)
        .filter((name) => !form.test(name))
        .map((name) => ({ path: [name], issue: `expected ${expected}` }))
    )
  )
