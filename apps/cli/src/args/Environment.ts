import { transportFromEnvironment, type TransportSettings } from "@cbr/client/node"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"

/** The variable that stands in for a flag: `--project-id` has `CBR_PROJECT_ID`. */
export const variableOf = (flag: string): string => `CBR_${flag.toUpperCase().replaceAll("-", "_")}`

/** A variable's trimmed text; undefined if it is blank or unset. */
export const variable = (name: string): Effect.Effect<string | undefined> =>
  Effect.flatMap(ConfigProvider.ConfigProvider, (provider) =>
    Effect.map(Effect.orDie(provider.load([name])), (node) => {
      const text = node?.value?.trim()
      return text === "" ? undefined : text
    })
  )

/** The environment without its blank variables. */
const withoutBlanks = (provider: ConfigProvider.ConfigProvider): ConfigProvider.ConfigProvider =>
  ConfigProvider.make((path) =>
    Effect.map(provider.load(path), (node) => (node?._tag === "Value" && node.value.trim() === "" ? undefined : node))
  )

/** The transport of requests: HTTPS proxy, hosts without one, private authorities. */
export const transport: Effect.Effect<TransportSettings> = Effect.orDie(transportFromEnvironment)

/** Reads settings and credentials from the environment without its blanks. */
export const withEnvironment = Effect.updateService(ConfigProvider.ConfigProvider, withoutBlanks)

/** One reader for all texts: making a reader takes longer than reading. */
const text = Config.String()

/** The variable of a flag, for the parser. */
export const fromVariable = (flag: string): Config.Config<string> => Config.nested(text, variableOf(flag))
