import type { QueryFaultReason } from "./QueryFaultReason.ts"

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
