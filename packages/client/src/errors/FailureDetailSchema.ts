import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { FailureDetail as Detail } from "./FailureDetails.ts"
import { failureText, isFailureCode } from "./FailureText.ts"

const isDetail = (value: unknown): value is Detail =>
  typeof value === "object" && value !== null && "code" in value && isFailureCode(value.code)

/** The encoded form of a detail: with its English sentence, for a reader that does not know the code. */
const Written = Schema.StructWithRest(Schema.Struct({ code: Schema.String, message: Schema.String }), [
  Schema.Record(Schema.String, Schema.Unknown)
])

/**
 * A detail as a schema. Encoded, it also has its English sentence as `message`. A code that this version does not know,
 * and facts that do not make the same sentence here, are read as `other` with that sentence.
 * @category Errors
 * @since 0.2.0
 */
export const FailureDetail = Written.pipe(
  Schema.decodeTo(
    Schema.declare(isDetail),
    SchemaTransformation.transform({
      decode: ({ message, ...detail }): Detail =>
        isDetail(detail) && saysSo(detail, message) ? detail : { code: "other", message },
      encode: (detail): typeof Written.Type => ({ ...detail, message: failureText(detail) })
    })
  )
)

/**
 * A failure: its code, and the facts of that code.
 * @category Errors
 * @since 0.2.0
 */
export type FailureDetail = Detail

/** Not with facts of another form, of which there is no sentence. */
const saysSo = (detail: Detail, message: string): boolean =>
  Result.getOrUndefined(Result.try(() => failureText(detail))) === message
