import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { overridable } from "./SettingFacts.ts"

/** A setting that the environment gives in place of the file. */
export interface Override {
  /** The names that lead to it in the file. */
  readonly path: ReadonlyArray<string>
  /** The variable that gave it, for messages. */
  readonly variable: string
  readonly value: unknown
}

/** Settings of the configuration file that the environment gives instead; a blank variable is as good as none. */
export const environmentOverrides: Effect.Effect<ReadonlyArray<Override>, Config.ConfigError> = Effect.map(
  Config.all(overridable.map(({ variable }) => Config.option(Config.String(variable)))),
  (texts) =>
    texts.flatMap((text, index) => {
      const { parse, path, variable } = overridable[index]!
      return Option.isSome(text) && text.value.trim() !== ""
        ? [{ path, variable, value: parse(text.value.trim()) }]
        : []
    })
)

/** A secret that the configuration says is in a variable; absent where that is blank. */
export const environmentSecret = (
  variable: string
): Effect.Effect<Redacted.Redacted<string> | undefined, Config.ConfigError> =>
  Effect.map(Config.option(Config.Redacted(variable)), (found) => {
    const text = Option.match(found, { onNone: () => "", onSome: Redacted.value }).trim()
    return text === "" ? undefined : Redacted.make(text)
  })
