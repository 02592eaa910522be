/**
 * Why an expression cannot be read, or cannot be asked of a value. `at` counts characters from 1.
 * @category Queries
 * @since 0.2.0
 */
export type QueryFaultReason =
  /** A character or word that may not stand where it does. */
  | { readonly code: "unexpected"; readonly text: string; readonly at: number }
  /** The end, where more must come, or a quote without an end. */
  | { readonly code: "unfinished"; readonly at: number }
  /** A literal between backticks that is not JSON. */
  | { readonly code: "not-json"; readonly text: string; readonly at: number }
  | { readonly code: "too-deep" }
  | { readonly code: "unknown-function"; readonly name: string; readonly near: string | undefined; readonly at: number }
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
  /** A condition that uses no field of the answer. */
  | { readonly code: "constant" }
