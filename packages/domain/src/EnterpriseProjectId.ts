import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * Id of an enterprise project, which comes as a number or as a string. A number
 * is read as its value, so `1e2` is "100"; a fraction, or an integer beyond
 * 2^53, is no id.
 */
export const EnterpriseProjectId: Schema.Codec<string, string | number> = Schema.Union([
  Schema.String,
  Schema.Int
]).pipe(
  Schema.decodeTo(
    Schema.String.annotate({ identifier: "EnterpriseProjectId" }),
    SchemaTransformation.transform<string, string | number>({ decode: String, encode: (text) => text })
  )
)

/** The id that {@link EnterpriseProjectId} decodes a value to; `undefined` for what it refuses. */
export const readEnterpriseProjectId = (value: unknown): string | undefined =>
  typeof value === "string" ? value : Number.isSafeInteger(value) ? String(value) : undefined
