import type * as Command from "effect/cli/Command"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** The tree of all commands, for the commands that describe it. */
export class FullCommandTree extends Context.Service<FullCommandTree, Effect.Effect<Command.Command.Any>>()(
  "@cbr/cli/FullCommandTree"
) {}
