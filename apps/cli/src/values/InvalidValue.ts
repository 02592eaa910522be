import * as CliError from "effect/cli/CliError"
import type * as Completions from "effect/cli/Completions"
import type * as HelpDoc from "effect/cli/HelpDoc"
import type * as SchemaIssue from "effect/SchemaIssue"
import { type Expectation, mismatchesOf, withSuggestion } from "./Expectation.ts"
import { yesAndNo } from "./YesOrNo.ts"

/** The fault of a flag's, a variable's or an argument's value. */
export type ValueFault =
  /** An unexpected value; `value` is undefined for a variable, which may hold a secret. */
  | { readonly code: "unexpected"; readonly value: string | undefined; readonly expectation: Expectation }
  /** A missing value; `stands` is its placeholder in the help, or its choices. */
  | { readonly code: "missing"; readonly stands: string }
  /** A flag with one value is repeated. */
  | { readonly code: "repeated"; readonly times: number }
  /** `--no-x` takes no value. */
  | { readonly code: "none-taken"; readonly word: string }

/** An invalid value, and the name of its flag, variable or argument. */
export interface InvalidValue {
  readonly of: "flag" | "variable" | "argument"
  readonly name: string
  readonly fault: ValueFault
}

/** A value that the schema of its flag refused. */
export class SchemaRefusal extends CliError.InvalidValue {
  declare readonly invalid: InvalidValue
}

/** The error of a flag's value, or of its variable's, that its schema refused. */
export const schemaRefusal = (
  flag: string,
  value: string,
  variable: string | undefined,
  issue: SchemaIssue.Issue
): SchemaRefusal => {
  const [first = { expectation: { code: "string" as const } }] = mismatchesOf(issue)
  const expectation = withSuggestion(first.expectation, value)
  const invalid: InvalidValue =
    variable === undefined
      ? { of: "flag", name: flag, fault: { code: "unexpected", value, expectation } }
      : { of: "variable", name: variable, fault: { code: "unexpected", value: undefined, expectation } }
  return Object.assign(new SchemaRefusal({ option: flag, value, expected: "", kind: "flag" }), { invalid })
}

/** A flag or an argument as its command declares it. */
export interface DeclaredFlag {
  readonly name: string
  readonly aliases?: ReadonlyArray<string>
  readonly type: Completions.FlagType | Completions.ArgumentType
}

/** A command line, and the declaration of its command. */
interface Invocation {
  readonly declared: ReadonlyArray<DeclaredFlag>
  readonly helpDoc: HelpDoc.HelpDoc
  readonly words: ReadonlyArray<string>
}

/** Explains why the parser refused a value, by the declaration of its flag or argument. */
export const explainInvalidValue = (
  error: CliError.InvalidValue,
  { declared, helpDoc: { flags, globalFlags = [] }, words }: Invocation
): InvalidValue => {
  if (error instanceof SchemaRefusal) return error.invalid
  const { kind, option, value } = error
  const { aliases = [], type } = declared.find(({ name }) => name === option) ?? {}
  const choices = type?._tag === "Choice" ? type.values : undefined
  const wrong = (fault: ValueFault): InvalidValue => ({ of: kind, name: option, fault })
  if (kind === "flag") {
    const stands = [...flags, ...globalFlags].find(({ name }) => name === option)
    if (value === "") return wrong({ code: "missing", stands: choices?.join(" | ") ?? stands?.type ?? "VALUE" })
    const negated = words.find((word) => word.startsWith(`--no-${option}=`))
    if (negated !== undefined) return wrong({ code: "none-taken", word: `--no-${option}` })
    const names = [option, ...aliases].map((name) => (name.length === 1 ? `-${name}` : `--${name}`))
    const times = words.filter((word) => names.some((name) => word === name || word.startsWith(`${name}=`))).length
    if (times > 1) return wrong({ code: "repeated", times })
  }
  return wrong({ code: "unexpected", value, expectation: expectationOf(type, choices, value) })
}

const expectationOf = (
  type: DeclaredFlag["type"] | undefined,
  choices: ReadonlyArray<string> | undefined,
  value: string
): Expectation => {
  if (choices !== undefined) return withSuggestion({ code: "one-of", members: choices }, value)
  switch (type?._tag) {
    case "Boolean":
      return withSuggestion({ code: "one-of", members: yesAndNo }, value)
    case "Int":
      return Number.isFinite(Number(value)) ? { code: "integer" } : { code: "number" }
    default:
      return { code: "string" }
  }
}
