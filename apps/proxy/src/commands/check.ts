import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { lineOf } from "../configuration/ConfigurationFault.ts"
import { load } from "../configuration/ConfigurationFile.ts"
import { noReuse, reusesPorts } from "../edge/PortReuse.ts"
import { StartFailed } from "../StartFailed.ts"

/** `cbr-proxy check`: whether the proxy would start with a configuration, without starting it. */
export const check = Command.make(
  "check",
  {
    file: Argument.String("FILE").pipe(Argument.withDescription("The configuration, YAML or JSON"))
  },
  Effect.fn("check")(
    function* ({ file }) {
      const { configuration, keys, warnings } = yield* load(file)
      const { callers, listen, projects } = configuration
      if (listen.reuse_port && !(yield* reusesPorts)) {
        const line = lineOf(file, { setting: "listen.reuse_port", message: noReuse })
        return yield* Effect.fail(new StartFailed({ message: line, exitCode: 1 }))
      }
      const counts = `callers: ${Object.keys(callers).length}, keys in a file: ${keys.length}, projects: ${Object.keys(projects).length}`
      for (const warning of warnings) {
        yield* Console.error(lineOf(file, { ...warning, message: `warning: ${warning.message}` }))
      }
      yield* Console.log(`${file}: valid (${counts})`)
    },
    Effect.catchTag("ConfigurationInvalid", ({ message }) => Effect.fail(new StartFailed({ message, exitCode: 1 })))
  )
).pipe(
  Command.withDescription(
    "Check a configuration and the files and variables that it names. Prints FILE:LINE:COLUMN for each fault and exits with 1, where a start would exit with 2; exits with 0 when the proxy would start, though there may be a warning on standard error."
  ),
  Command.withShortDescription("Check a configuration")
)
