import * as Data from "effect/Data"

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

/**
 * A sentence for each code of a query's fault.
 * @category Queries
 * @since 0.2.0
 */
export type QueryFaultSentences = {
  readonly [Code in QueryFaultReason["code"]]: (facts: Extract<QueryFaultReason, { readonly code: Code }>) => string
}

const english: QueryFaultSentences = {
  unexpected: ({ at, text }) =>
    `${text} cannot stand at character ${at}${text === "=" ? "; values are compared with ==" : ""}`,
  unfinished: () => "it ends too early: a quote, a bracket or an operand is missing",
  "not-json": ({ text }) => `${text} is not JSON, which a literal between backticks is; a text goes in single quotes`,
  "too-deep": () => "it, or the value it is asked of, nests too deeply",
  "unknown-function": ({ name, near }) =>
    `there is no function ${name}${near === undefined ? "" : `; did you mean ${near}?`}`,
  "unknown-variable": ({ name }) => `no let gives $${name} a value there`,
  arguments: ({ found, name, takes }) => `${name} takes ${takes} arguments, not ${found}`,
  type: ({ argument, found, name, types }) =>
    `${name} wants ${types.join(" or ")} as argument ${argument}, and gets ${found}`,
  value: ({ found, name }) => `${name} cannot use ${found}`,
  constant: () => "it uses no field of the answer, so its value never changes"
}

/**
 * A query's fault in a sentence, without a full stop: in English, or in the language of the sentences that are given.
 * @category Queries
 * @since 0.2.0
 */
export const queryFaultText = (reason: QueryFaultReason, sentences: QueryFaultSentences = english): string =>
  (sentences[reason.code] as (facts: QueryFaultReason) => string)(reason)

/**
 * An expression that cannot be read, or cannot be asked of a value.
 * @category Queries
 * @since 0.2.0
 */
export class QueryFault extends Data.TaggedError("QueryFault")<{ readonly reason: QueryFaultReason }> {
  override get message() {
    return queryFaultText(this.reason)
  }
}

export const fault = (reason: QueryFaultReason): QueryFault => new QueryFault({ reason })
