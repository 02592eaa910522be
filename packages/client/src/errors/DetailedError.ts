import * as Schema from "effect/Schema"
import { FailureDetail } from "./FailureDetail.ts"
import { failureText } from "./FailureText.ts"

/** The fields of every error of this package. */
const detailed = {
  /** What happened, by a code and its facts; `message` is the English sentence of it. Safe to show. */
  detail: FailureDetail
}

/* oxlint-disable typescript/no-unnecessary-type-parameters -- they make the type of the class that is given */
/** As `Schema.TaggedError`, for an error whose `message` is the sentence of its `detail`. */
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
