import { defaultResiliencePolicy, type NoCredentials, ProfileFile } from "@cbr/client"
import type { TransportSettings } from "@cbr/client/node"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Messages } from "./messages/Messages.ts"
import { TimeLimit } from "./TimeLimit.ts"

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
  const proxy = (yield* variable("HTTPS_PROXY")) ?? (yield* variable("https_proxy"))
  return {
    httpsProxy: proxy === undefined ? undefined : Redacted.make(proxy),
    noProxy: (yield* variable("NO_PROXY")) ?? (yield* variable("no_proxy")),
    caFile: yield* variable("CBR_CA_FILE")
  }
})

const described =
  (text: string, variables: ReadonlyArray<string>) =>
  <A>(flag: Flag.Flag<A>): Flag.Flag<A> =>
    flag.pipe(Flag.withDescription(`${text} [env: ${variables.join(", ")}]`))

/** Reads settings and credentials from the environment without its blanks. */
export const inEnvironment = Effect.updateService(ConfigProvider.ConfigProvider, withoutBlanks)

/** A flag that takes a text, and its variable. */
export const textFlag = (name: string, metavar: string, description: string): Flag.Flag<string> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withFallbackConfig(Config.String(variableOf(name))),
    described(description, [variableOf(name)])
  )

/** A flag that takes a text and knows nothing of its variable, for who must know which of the two spoke. */
export const ownFlag = (name: string, metavar: string, description: string): Flag.Flag<Option.Option<string>> =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), described(description, [variableOf(name)]), Flag.optional)

/** A flag that is there or not, and its variable. */
export const switchFlag = (name: string, description: string): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(
    Flag.withFallbackConfig(Config.Boolean(variableOf(name))),
    Flag.withDefault(false),
    described(description, [variableOf(name)])
  )

/** A flag that may be given more than once; its variable holds them all, parted by semicolons. */
export const listFlag = (name: string, metavar: string, description: string): Flag.Flag<ReadonlyArray<string>> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.atLeast(1),
    Flag.withFallbackConfig(
      Config.map(Config.String(variableOf(name)), (text) =>
        text
          .split(";")
          .map((part) => part.trim())
          .filter((part) => part !== "")
      )
    ),
    described(description, [variableOf(name)])
  )

/** A flag that is there, with `--no-` before its name, or not there; its variable, and others that have a say. */
export const eitherFlag = (name: string, description: string, others: ReadonlyArray<string> = []): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(
    Flag.withFallbackConfig(Config.Boolean(variableOf(name))),
    described(description, [variableOf(name), ...others])
  )

/** A flag whose text must keep a schema, and its variable. */
export const parsedFlag = <A>(
  name: string,
  metavar: string,
  schema: Schema.Codec<A, string>,
  description: string
): Flag.Flag<A> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withSchema(schema),
    Flag.withFallbackConfig(Config.schema(schema, variableOf(name))),
    described(description, [variableOf(name)])
  )

/** A flag that takes a whole number of a range, and its variable. */
export const countFlag = (
  name: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { readonly least: number; readonly most?: number },
  description: string
): Flag.Flag<number> => {
  const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(least), Schema.isLessThanOrEqualTo(most))
  return Flag.Int(name).pipe(
    Flag.withMetavar("N"),
    Flag.withSchema(count),
    Flag.withFallbackConfig(Config.schema(count, variableOf(name))),
    described(description, [variableOf(name)])
  )
}

/** A flag that takes one of these words, and its variable; `bare` is meant where none follows. */
export const choiceFlag = <const Choices extends ReadonlyArray<string>>(
  name: string,
  choices: Choices,
  description: string,
  bare?: Choices[number]
): Flag.Flag<Choices[number]> => {
  const flag: Flag.Flag<Choices[number]> = Flag.Literals(name, choices)
  return (bare === undefined ? flag : Flag.withOptionalValue(flag, bare)).pipe(
    Flag.withFallbackConfig(Config.Literals(choices, variableOf(name))),
    described(description, [variableOf(name)])
  )
}

/** A flag that takes a time such as `30s`, and its variable. */
export const timeFlag = (name: string, description: string): Flag.Flag<Duration.Duration> =>
  parsedFlag(name, "TIME", TimeLimit, description)

// Read apart from the flags, so that `whoami` can tell where each came from.
const variables = {
  project_id: ["HUAWEICLOUD_SDK_PROJECT_ID", "CBR_PROJECT_ID"],
  region: ["CBR_REGION", "HW_REGION_NAME", "OS_REGION_NAME"],
  endpoint: ["CBR_ENDPOINT"],
  iamEndpoint: ["CBR_IAM_ENDPOINT", "HUAWEICLOUD_SDK_IAM_ENDPOINT"],
  signing: ["CBR_SIGNING"]
} as const

/** What every command that calls the service takes. A flag comes before its variable. */
export const connectionFlags = ({ flags: words }: Messages) => ({
  projectId: Flag.String("project-id").pipe(
    Flag.withAlias("project"),
    Flag.withMetavar("ID"),
    described(words.projectId, variables.project_id),
    Flag.optional
  ),
  region: Flag.String("region").pipe(
    Flag.withMetavar("REGION"),
    described(words.region, variables.region),
    Flag.optional
  ),
  endpoint: Flag.String("endpoint").pipe(
    Flag.withMetavar("URL"),
    described(words.endpoint, variables.endpoint),
    Flag.optional
  ),
  timeout: timeFlag("timeout", words.timeout(Duration.format(defaultResiliencePolicy.deadline))).pipe(
    Flag.withDefault(defaultResiliencePolicy.deadline)
  ),
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
  readonly timeout: Duration.Duration
  readonly retries: number
  readonly debug: boolean
  readonly traceFile: Option.Option<string>
}

/** A value that was found, where, and what it kept from being used. */
export interface Found extends Overridden {
  readonly overrides: ReadonlyArray<Overridden>
}

/** A value and where it was found. */
export interface Overridden {
  readonly value: string
  readonly from: string
  readonly rank: Rank
}

/** How deliberate a value is, by where it stands: the greater goes before. */
export type Rank = (typeof rank)[keyof typeof rank]

/** A profile that a flag names goes before the environment, and one that is merely in use after it. */
export const rank = { flag: 3, namedProfile: 2, environment: 1, profile: 0 } as const

/** Where to call and how patiently; the credentials have a source of their own. */
export interface Settings {
  readonly project_id: Found | undefined
  readonly region: Found | undefined
  readonly endpoint: Found | undefined
  readonly iamEndpoint: Found | undefined
  readonly signing: Found | undefined
  readonly timeout: Duration.Duration
  readonly retries: number
  readonly debug: boolean
  /** Where each attempt is written down. */
  readonly traceFile: string | undefined
  /** Addresses that a region keeps from being used, because it was given more deliberately. */
  readonly setAside: ReadonlyArray<Overridden>
  /** Why the profiles cannot be read, where none was asked for by name. */
  readonly profileUnread: NoCredentials | undefined
}

/** What a profile says of the settings. */
export interface ProfileInUse {
  readonly chosen: ProfileFile.ChosenProfile | undefined
  readonly unread?: NoCredentials
}

/**
 * The flags, completed from the environment and the profile: what is more
 * deliberate goes before, and of a region and an address the region where it
 * is the more deliberate one.
 */
export const resolve = Effect.fnUntraced(function* (
  given: Given,
  { chosen, unread }: ProfileInUse
): Effect.fn.Return<Settings> {
  const profileRank = (yield* ProfileFile.NamedProfile) === undefined ? rank.profile : rank.namedProfile
  const find = Effect.fnUntraced(function* (
    flag: string,
    value: Option.Option<string>,
    names: ReadonlyArray<string>,
    inProfile: string | undefined
  ) {
    const found: Array<Overridden> = Option.isSome(value) ? [{ value: value.value, from: flag, rank: rank.flag }] : []
    for (const name of names) {
      const text = yield* variable(name)
      if (text !== undefined) found.push({ value: text, from: name, rank: rank.environment })
    }
    if (inProfile !== undefined) {
      found.push({ value: inProfile, from: `profile ${chosen?.name}`, rank: profileRank })
    }
    const [winner, ...overrides] = found.sort((a, b) => b.rank - a.rank)
    return winner === undefined ? undefined : { ...winner, overrides }
  })
  const profile = chosen?.profile ?? {}
  const none = Option.none<string>()
  const region = yield* find("--region", given.region, variables.region, profile.region)
  const endpoint = yield* find("--endpoint", given.endpoint, variables.endpoint, profile.endpoint)
  const iamEndpoint = yield* find("", none, variables.iamEndpoint, profile.iam_endpoint)
  const yields = (found: Found | undefined): found is Found =>
    found !== undefined && region !== undefined && found.rank < region.rank
  const isElsewhere = endpoint === undefined || yields(endpoint)
  const setAside = [
    ...(yields(endpoint) ? [endpoint] : []),
    // An address of CBR that stands leaves that of IAM beside it; but a named profile's password goes to no other's IAM.
    ...(yields(iamEndpoint) && (isElsewhere || iamEndpoint.rank === rank.profile || region?.rank === rank.namedProfile)
      ? [iamEndpoint]
      : [])
  ]
  const unlessSetAside = (found: Found | undefined) => (setAside.some((each) => each === found) ? undefined : found)
  return {
    project_id: yield* find("--project-id", given.projectId, variables.project_id, profile.project_id),
    region,
    endpoint: unlessSetAside(endpoint),
    iamEndpoint: unlessSetAside(iamEndpoint),
    signing: yield* find("", none, variables.signing, undefined),
    timeout: given.timeout,
    retries: given.retries,
    debug: given.debug,
    traceFile: Option.getOrUndefined(given.traceFile),
    setAside: setAside.map(({ from, rank, value }) => ({ from, rank, value })),
    profileUnread: unread
  }
})
