import * as CliError from "effect/cli/CliError"
import * as Effect from "effect/Effect"
import type { Messages } from "../messages/Messages.ts"

/** A rule of use that no single flag holds. */
export type UsageRule = keyof Messages["wrongUse"]["rules"]

/** A rule of use is broken. It travels by its name: each language has its own words for it. */
export const usageError = (rule: UsageRule): Effect.Effect<never, CliError.ValidationError> =>
  Effect.fail(new CliError.ValidationError({ message: rule }))
