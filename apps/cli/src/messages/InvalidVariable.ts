import type * as CliError from "effect/cli/CliError"

/** A variable in the place of a flag that holds what the flag does not take. */
export interface InvalidVariable {
  readonly variable: string
  /** What it should hold, in the schema's words. */
  readonly expected: string
}

/** The variable that is at fault where no flag is: the parser says it within the text of what it expects. */
export const invalidVariable = (error: CliError.CliError): InvalidVariable | undefined => {
  if (error._tag !== "InvalidValue") return undefined
  const [, expected, variable] = /SchemaError\(Expected (.+?)\s+at \["(CBR_\w+)"\]\)$/s.exec(error.expected) ?? []
  return expected === undefined || variable === undefined ? undefined : { variable, expected }
}
