import * as Schema from "effect/Schema"
import { FailureDetail } from "./FailureDetailSchema.ts"
import { failureText } from "./FailureText.ts"

/** The fields of every error of this package. */
const detailed = {
  /** The failure by its code and facts; `message` is its English sentence. Safe to show. */
  detail: FailureDetail
}

/* oxlint-disable typescript/no-unnecessary-type-parameters -- they make the type of the class that is given */
/** A `Schema.TaggedError` whose `message` is the sentence of its `detail`. */
export const DetailedError =
  <Self>() =>
  <const Tag extends string, const Fields extends Schema.Struct.Fields>(tag: Tag, fields: Fields) => {
    const Base = Schema.TaggedError<Self>()(tag, { ...detailed, ...fields })
    const { prototype } = Base as unknown as { readonly prototype: object }
    Object.defineProperty(prototype, "message", { get: messageOf, configurable: true })
    return Base
  }

function messageOf(this: { readonly detail: FailureDetail }): string {
  return failureText(this.detail)
}
