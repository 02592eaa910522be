import { defaultResiliencePolicy, PlaceVariables } from "@cbr/client"
import type { TransportSettings } from "@cbr/client/node"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { Messages } from "./messages/Messages.ts"
import type { Source } from "./Source.ts"
import { TimeLimit } from "./TimeLimit.ts"
import { WholeNumber } from "./WholeNumber.ts"
import { refusedValue } from "./WrongValue.ts"
import { YesOrNo } from "./YesOrNo.ts"

/** The variable that stands in for a flag: `--project-id` has `CBR_PROJECT_ID`. */
export const variableOf = (flag: string): string => `CBR_${flag.toUpperCase().replaceAll("-", "_")}`

/** A variable's text without the blanks around it; `undefined` when nothing is left. */
export const variable = (name: string): Effect.Effect<string | undefined> =>
  Effect.flatMap(ConfigProvider.ConfigProvider, (provider) =>
    Effect.map(Effect.orDie(provider.load([name])), (node) => {
      const text = node?.value?.trim()
      return text === "" ? undefined : text
    })
  )

/** The environment without its blank variables: a blank one is as good as none. */
const withoutBlanks = (provider: ConfigProvider.ConfigProvider): ConfigProvider.ConfigProvider =>
  ConfigProvider.make((path) =>
    Effect.map(provider.load(path), (node) => (node?._tag === "Value" && node.value.trim() === "" ? undefined : node))
  )

/** How requests leave this machine: by way of a proxy, and with authorities of one's own. */
export const transport: Effect.Effect<TransportSettings> = Effect.gen(function* () {
  // As curl has it: of the two spellings, the one in lower case.
  const proxy = (yield* variable("https_proxy")) ?? (yield* variable("HTTPS_PROXY"))
  return {
    httpsProxy: proxy === undefined ? undefined : Redacted.make(proxy),
    noProxy: (yield* variable("no_proxy")) ?? (yield* variable("NO_PROXY")),
    caFile: yield* variable("CBR_CA_FILE")
  }
})

const described =
  (text: string, variables: ReadonlyArray<string>) =>
  <A>(flag: Flag.Flag<A>): Flag.Flag<A> =>
    flag.pipe(Flag.withDescription(`${text} [env: ${variables.join(", ")}]`))

/** Reads settings and credentials from the environment without its blanks. */
export const inEnvironment = Effect.updateService(ConfigProvider.ConfigProvider, withoutBlanks)

/** Texts alone are read by one reader: to make one takes longer than to read. */
const text = Config.String()

/** What was given to a flag, and the variable that gave it where it was not the flag itself. */
interface Word {
  readonly text: string
  readonly variable?: string
}

/** A flag whose text, or its variable's, must keep a schema. */
const parsed = <A, B>(
  name: string,
  flag: Flag.Flag<string>,
  schema: Schema.Codec<A, string>,
  take: (value: A, from: Source) => B
): Flag.Flag<B> =>
  flag.pipe(
    Flag.map((text): Word => ({ text })),
    Flag.withFallbackConfig(
      Config.map(Config.nested(text, variableOf(name)), (text): Word => ({ text, variable: variableOf(name) }))
    ),
    Flag.mapEffect(({ text, variable }) =>
      // Made where there is something to read: most flags are not given.
      Effect.mapBoth(Schema.decodeUnknownEffect(schema)(text), {
        onSuccess: (value) => take(value, variable === undefined ? { flag: `--${name}` } : { variable }),
        onFailure: ({ issue }) => refusedValue(name, text, variable, issue)
      })
    )
  )

const itself = <A>(value: A): A => value

/** A flag that takes a text, and its variable. */
export const textFlag = (name: string, metavar: string, description: string): Flag.Flag<string> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withFallbackConfig(Config.nested(text, variableOf(name))),
    described(description, [variableOf(name)])
  )

/** A flag that takes a text and knows nothing of its variable, for who must know which of the two spoke. */
export const ownFlag = (name: string, metavar: string, description: string): Flag.Flag<Option.Option<string>> =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), described(description, [variableOf(name)]), Flag.optional)

/** A flag that takes a text, and has no variable. */
export const flagAlone = (name: string, metavar: string, description: string): Flag.Flag<Option.Option<string>> =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

/** A switch whose value, if any, stands behind `=`: a word that follows is left to be an operand, though it be `1` or `no`. */
const standingAlone = (name: string): Flag.Flag<boolean> => Flag.withOptionalValue(Flag.Boolean(name), "true")

/** A flag that is there or not, and its variable. */
export const switchFlag = (name: string, description: string): Flag.Flag<boolean> =>
  parsed(name, Flag.map(standingAlone(name), String), YesOrNo, itself).pipe(
    Flag.withDefault(false),
    described(description, [variableOf(name)])
  )

/** A flag that may be given more than once; its variable holds them all, parted by semicolons. */
export const listFlag = (name: string, metavar: string, description: string): Flag.Flag<ReadonlyArray<string>> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.atLeast(1),
    Flag.withFallbackConfig(
      Config.map(Config.nested(text, variableOf(name)), (parts) =>
        parts
          .split(";")
          .map((part) => part.trim())
          .filter((part) => part !== "")
      )
    ),
    described(description, [variableOf(name)])
  )

/** A flag that is there, with `--no-` before its name, or not there; its variable, and others that have a say. */
export const eitherFlag = (name: string, description: string, others: ReadonlyArray<string> = []): Flag.Flag<boolean> =>
  parsed(name, Flag.map(standingAlone(name), String), YesOrNo, itself).pipe(
    described(description, [variableOf(name), ...others])
  )

/** A flag whose text must keep a schema, and its variable. */
export const parsedFlag = <A>(
  name: string,
  metavar: string,
  schema: Schema.Codec<A, string>,
  description: string
): Flag.Flag<A> =>
  parsed(name, Flag.withMetavar(Flag.String(name), metavar), schema, itself).pipe(
    described(description, [variableOf(name)])
  )

/** A flag that takes a whole number of a range, and its variable. */
export const countFlag = (
  name: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { readonly least: number; readonly most?: number },
  description: string
): Flag.Flag<number> => {
  const number = Flag.map(Flag.withMetavar(Flag.Int(name), "N"), String)
  return parsed(name, number, numberOf(WholeNumber(least, most)), itself).pipe(
    described(description, [variableOf(name)])
  )
}

/** A number from its text. */
const numberOf = (schema: Schema.Codec<number, number>): Schema.Codec<number, string> =>
  Schema.String.pipe(
    Schema.decodeTo(
      schema,
      SchemaTransformation.transform({
        decode: (text: string) => (text.trim() === "" ? Number.NaN : Number(text)),
        encode: String
      })
    )
  )

/** A flag that takes one of these words, and its variable; `bare` is meant where none follows. */
export const choiceFlag = <const Choices extends ReadonlyArray<string>>(
  name: string,
  choices: Choices,
  description: string,
  bare?: Choices[number]
): Flag.Flag<Choices[number]> => {
  const flag: Flag.Flag<Choices[number]> = Flag.Literals(name, choices)
  const word: Flag.Flag<string> = bare === undefined ? flag : Flag.withOptionalValue(flag, bare)
  return parsed(name, word, Schema.Literals(choices), itself<Choices[number]>).pipe(
    described(description, [variableOf(name)])
  )
}

/** A flag that takes a time such as `30s`, and its variable. */
export const timeFlag = (name: string, description: string): Flag.Flag<Duration.Duration> =>
  parsedFlag(name, "TIME", TimeLimit, description)

/** A time that was given, and the flag or the variable that gave it. */
export interface GivenTime {
  readonly time: Duration.Duration
  readonly from: Source
}

/** {@link timeFlag} for a command that must know which of the two spoke. */
export const givenTimeFlag = (name: string, description: string): Flag.Flag<Option.Option<GivenTime>> =>
  parsed(name, Flag.withMetavar(Flag.String(name), "TIME"), TimeLimit, (time, from): GivenTime => ({
    time,
    from
  })).pipe(described(description, [variableOf(name)]), Flag.optional)

/** What every command that calls the service takes. A flag comes before its variable. */
export const connectionFlags = ({ flags: words }: Messages) => ({
  projectId: Flag.String("project-id").pipe(
    Flag.withAlias("project"),
    Flag.withMetavar("ID"),
    described(words.projectId, PlaceVariables.variables.project),
    Flag.optional
  ),
  region: Flag.String("region").pipe(
    Flag.withMetavar("REGION"),
    described(words.region, PlaceVariables.variables.region),
    Flag.optional
  ),
  endpoint: Flag.String("endpoint").pipe(
    Flag.withMetavar("URL"),
    described(words.endpoint, PlaceVariables.variables.endpoint),
    Flag.optional
  ),
  timeout: givenTimeFlag("timeout", words.timeout),
  callTimeout: givenTimeFlag("call-timeout", words.callTimeout(Duration.format(defaultResiliencePolicy.callTimeout))),
  retries: countFlag("retries", { least: 0 }, words.retries(defaultResiliencePolicy.retries)).pipe(
    Flag.withDefault(defaultResiliencePolicy.retries)
  ),
  debug: switchFlag("debug", words.debug),
  traceFile: textFlag("trace-file", "FILE", words.traceFile).pipe(Flag.optional)
})

/** The values of {@link connectionFlags} as they were given. */
export interface Given {
  readonly projectId: Option.Option<string>
  readonly region: Option.Option<string>
  readonly endpoint: Option.Option<string>
  readonly timeout: Option.Option<GivenTime>
  readonly callTimeout: Option.Option<GivenTime>
  readonly retries: number
  readonly debug: boolean
  readonly traceFile: Option.Option<string>
}

/** That nothing was given on the command line. */
export const nothingGiven: Given = {
  projectId: Option.none(),
  region: Option.none(),
  endpoint: Option.none(),
  timeout: Option.none(),
  callTimeout: Option.none(),
  retries: defaultResiliencePolicy.retries,
  debug: false,
  traceFile: Option.none()
}
