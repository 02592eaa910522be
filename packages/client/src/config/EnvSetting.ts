import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { NoCredentials } from "../errors/ShowBackupError.ts"

/** One config for all variables: making a config takes longer than reading a variable. */
const text = Config.String()

/** A variable without the blanks around it, which a value from a file often has; a blank one is as good as none. */
export const setting = (name: string): Config.Config<string | undefined> =>
  Config.map(Config.option(Config.nested(text, name)), (found) => Option.getOrUndefined(found)?.trim() || undefined)

/** A {@link setting} that is a secret. */
export const secretSetting = (name: string): Config.Config<Redacted.Redacted<string> | undefined> =>
  Config.map(setting(name), (found) => (found === undefined ? undefined : Redacted.make(found)))

/** Reads settings; one that cannot be read is named, without its value. */
export const readSettings = <A>(config: Effect.Effect<A, Config.ConfigError>): Effect.Effect<A, NoCredentials> =>
  Effect.mapError(config, ({ message }) => new NoCredentials({ detail: { code: "other", message } }))
