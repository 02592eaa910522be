import * as CliError from "effect/cli/CliError"
import * as Effect from "effect/Effect"
import type { Messages } from "../messages/Messages.ts"

/** Says which rule of use a command line breaks that no single flag holds. */
export type UsageRule = (messages: Messages) => string

/** A broken rule of use, which each language says in its own words. */
export class UsageError extends CliError.ValidationError {
  declare readonly rule: UsageRule
}

/** Fails with a broken rule of use. */
export const usageError = (rule: UsageRule): Effect.Effect<never, UsageError> =>
  Effect.fail(Object.assign(new UsageError({ message: "usage error" }), { rule }))
