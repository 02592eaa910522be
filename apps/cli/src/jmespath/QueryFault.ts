import * as Data from "effect/Data"

/** Why an expression cannot be read, or cannot be asked of a value. */
export type Reason =
  /** A character or word that may not stand where it does; `at` counts characters from 1. */
  | { readonly code: "unexpected"; readonly text: string; readonly at: number }
  /** The end, where more must come. */
  | { readonly code: "unfinished" }
  /** A literal between backticks that is not JSON. */
  | { readonly code: "not-json"; readonly text: string }
  | { readonly code: "too-deep" }
  | { readonly code: "unknown-function"; readonly name: string; readonly near: string | undefined }
  | { readonly code: "unknown-variable"; readonly name: string }
  /** `takes` is how many arguments the function takes, such as `2`, `2-3` or `1+`. */
  | { readonly code: "arguments"; readonly name: string; readonly takes: string; readonly found: number }
  /** `types` are the names of JMESPath's types that the argument may have. */
  | {
      readonly code: "type"
      readonly name: string
      readonly argument: number
      readonly types: ReadonlyArray<string>
      readonly found: string
    }
  /** A value of the right type that means nothing there, such as a step of 0. */
  | { readonly code: "value"; readonly name: string; readonly found: string }

/** An expression that cannot be read, or cannot be asked of a value. */
export class QueryFault extends Data.TaggedError("QueryFault")<{ readonly reason: Reason }> {}

export const fault = (reason: Reason): QueryFault => new QueryFault({ reason })
