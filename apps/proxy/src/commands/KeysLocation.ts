import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as CommandLineOptions from "../app/CommandLineOptions.ts"
import { configurationIn } from "../configuration/ConfigurationFile.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { StartupError } from "../process/StartupError.ts"

/** The flags that say where the keys are. */
export const location = { config: CommandLineOptions.config, keysFile: CommandLineOptions.keysFile }

/** The values of {@link location}. */
export interface KeysLocation {
  readonly config: Option.Option<string>
  readonly keysFile: Option.Option<string>
}

/** The configuration that the command line names. */
export const configurationOf = Effect.fnUntraced(
  function* ({ config }: KeysLocation) {
    if (Option.isNone(config)) return yield* refused("which replicas? Name the configuration with --config")
    return { configuration: yield* configurationIn(config.value) }
  },
  Effect.catchTag("ConfigurationInvalid", ({ message }) => refused(message))
)

/** The file of keys, and the configuration that names it, of which no secret is read: a key can be revoked while none can be had. */
export const keysFile = Effect.fnUntraced(
  function* (given: KeysLocation) {
    if (Option.isSome(given.keysFile)) return { file: given.keysFile.value, configuration: undefined }
    if (Option.isNone(given.config)) {
      return yield* refused("which keys? Name the configuration with --config, or the file with --keys-file")
    }
    const path = yield* Path.Path
    const configuration = yield* configurationIn(given.config.value)
    if (configuration.keys_file === undefined) return yield* refused(`${given.config.value} names no keys_file`)
    return { file: path.resolve(path.dirname(given.config.value), configuration.keys_file), configuration }
  },
  Effect.catchTag("ConfigurationInvalid", ({ message }) =>
    refused(`${message}\nTo go by the file of keys alone, name it with --keys-file.`)
  )
)

/** The failure of a command that cannot do its work, with a message for the operator. */
export const refused = (message: string) => Effect.fail(new StartupError({ message, exitCode: exitCodes.unusable }))
