import { nearestName } from "@cbr/client"
import type * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"

/** The facts of each expectation of a value, by code; the compiler demands a sentence in each language. */
export interface ExpectationFacts {
  /** A time limit, as `Timeout` reads it. */
  time: object
  /** A span of days, as `Span` reads it. */
  span: object
  integer: object
  number: object
  "at-least": { readonly least: number }
  "at-most": { readonly most: number }
  /** One of these words; `near` is a suggestion. */
  "one-of": { readonly members: ReadonlyArray<unknown>; readonly near?: string }
  string: object
  boolean: object
  array: object
  object: object
  /** A key that must be there. */
  missing: object
  /** No such key; `near` is a suggestion. */
  unexpected: { readonly near?: string }
}

/** An expectation of a value. */
export type Expectation = {
  readonly [Code in keyof ExpectationFacts]: { readonly code: Code } & ExpectationFacts[Code]
}[keyof ExpectationFacts]

/** A sentence for each expectation. */
export type ExpectationSentences = {
  readonly [Code in keyof ExpectationFacts]: (facts: ExpectationFacts[Code]) => string
}

/** The sentence of an expectation. */
export const expectationText =
  (sentences: ExpectationSentences) =>
  (expectation: Expectation): string =>
    (sentences[expectation.code] as (facts: Expectation) => string)(expectation)

/** Annotates a schema or a check with its expectation. */
export const expecting = (expectation: Expectation) => ({ expectation })

/** Adds the nearest word to an expectation. */
export const withSuggestion = (expectation: Expectation, value: unknown): Expectation => {
  if (expectation.code !== "one-of" || typeof value !== "string") return expectation
  const near = nearestName(
    value,
    expectation.members.filter((member) => typeof member === "string")
  )
  return near === undefined ? expectation : { ...expectation, near }
}

/** The path of an unexpected value, and the expectation there. */
export interface SchemaMismatch {
  readonly path: ReadonlyArray<string>
  readonly expectation: Expectation
}

/** All mismatches of a schema's issue. */
export const mismatchesOf = (
  issue: SchemaIssue.Issue,
  path: ReadonlyArray<string> = []
): ReadonlyArray<SchemaMismatch> => {
  switch (issue._tag) {
    case "Pointer":
      return mismatchesOf(issue.issue, [...path, ...issue.path.map(String)])
    case "Composite":
      return issue.issues.flatMap((each) => mismatchesOf(each, path))
    case "Filter": {
      const expectation = annotated(issue.filter.annotations)
      return expectation === undefined ? mismatchesOf(issue.issue, path) : [{ path, expectation }]
    }
    case "Encoding":
      return mismatchesOf(issue.issue, path)
    case "MissingKey":
      return [{ path, expectation: { code: "missing" } }]
    case "UnexpectedKey":
      return [{ path, expectation: { code: "unexpected" } }]
    default:
      return [{ path, expectation: "ast" in issue ? ofType(issue.ast) : { code: "string" } }]
  }
}

const annotated = (annotations: { readonly [name: string]: unknown } | undefined): Expectation | undefined =>
  annotations?.["expectation"] as Expectation | undefined

const ofType = (ast: SchemaAST.AST): Expectation => {
  const own = annotated(ast.annotations)
  if (own !== undefined) return own
  switch (ast._tag) {
    case "Union":
      return { code: "one-of", members: ast.types.flatMap((type) => (type._tag === "Literal" ? [type.literal] : [])) }
    case "Literal":
      return { code: "one-of", members: [ast.literal] }
    case "Number":
      return { code: "number" }
    case "Boolean":
      return { code: "boolean" }
    case "Arrays":
      return { code: "array" }
    case "Objects":
      return { code: "object" }
    default:
      return { code: "string" }
  }
}
