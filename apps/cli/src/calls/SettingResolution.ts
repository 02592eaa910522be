import {
  type CloudsFile,
  defaultResiliencePolicy,
  isRegionId,
  type NoCredentials,
  EndpointVariables,
  ProfileFile,
  type ProjectReference
} from "@cbr/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { ConnectionFlags } from "../args/ConnectionFlags.ts"
import type { TimeSetting } from "../args/Flags.ts"
import { Failure } from "../failures/Failure.ts"
import { Timeout } from "../values/durations.ts"
import type { SettingSource } from "../values/SettingSource.ts"
import { type CommandTimeout, startingNow } from "./CommandTimeout.ts"

/** A value in use, its source, and the values that it overrides. */
export interface ResolvedSetting extends SettingValue {
  readonly overrides: ReadonlyArray<SettingValue>
}

/** A value and its source. */
export interface SettingValue {
  readonly value: string
  readonly from: SettingSource
  readonly precedence: Precedence
  /** Whether it is a name: a project has a name and an id. */
  readonly isName?: boolean
}

/** The precedence of a value by its source: the greater wins. */
export type Precedence = (typeof precedence)[keyof typeof precedence]

/** A profile that a flag names overrides the environment; the default profile does not. */
export const precedence = { flag: 3, namedProfile: 2, environment: 1, profile: 0 } as const

/** The place and the limits of calls; credentials have sources of their own. */
export interface CallSettings {
  readonly project: ResolvedSetting | undefined
  readonly region: ResolvedSetting | undefined
  readonly endpoint: ResolvedSetting | undefined
  readonly iamEndpoint: ResolvedSetting | undefined
  readonly stsEndpoint: ResolvedSetting | undefined
  readonly signing: ResolvedSetting | undefined
  /** The limit of the whole command; undefined is no limit. */
  readonly timeout: CommandTimeout | undefined
  /** The limit of one call with its retries. */
  readonly callTimeout: Duration.Duration
  readonly retries: number
  readonly debug: boolean
  /** The file that each attempt is written to. */
  readonly traceFile: string | undefined
  /** Addresses that are not used, because the region has a higher precedence. */
  readonly shadowed: ReadonlyArray<SettingValue>
  /** The error of an unreadable profile file, if no profile is named. */
  readonly profileError: NoCredentials | undefined
}

/** The profile and the cloud whose settings apply. */
export interface ChosenProfile {
  readonly chosen: ProfileFile.ChosenProfile | undefined
  readonly error?: NoCredentials
  /** The cloud that `OS_CLOUD` names: it has the precedence of the environment, after its other variables. */
  readonly cloud?: CloudsFile.Cloud | undefined
}

/**
 * Completes the flags from the environment and the profile by precedence. A
 * region overrides an address of lower precedence.
 */
export const mergeSettings = Effect.fnUntraced(function* (
  given: ConnectionFlags,
  { chosen, cloud, error }: ChosenProfile
): Effect.fn.Return<CallSettings, Failure> {
  const profileRank = (yield* ProfileFile.NamedProfile) === undefined ? precedence.profile : precedence.namedProfile
  const find = Effect.fnUntraced(function* (
    flag: string,
    value: Option.Option<string>,
    names: ReadonlyArray<string>,
    { inCloud, inProfile }: { readonly inCloud?: Named | undefined; readonly inProfile?: Named | undefined }
  ) {
    const found: Array<SettingValue> = Option.isSome(value)
      ? [{ value: value.value, from: { flag }, precedence: precedence.flag }]
      : []
    for (const { name, value } of yield* Effect.orDie(EndpointVariables.setOf(names))) {
      found.push({
        value,
        from: { variable: name },
        precedence: precedence.environment,
        ...(EndpointVariables.isOfName(name) ? { isName: true } : {})
      })
    }
    if (inCloud !== undefined && cloud !== undefined) {
      found.push({ ...inCloud, from: { cloud: cloud.name }, precedence: precedence.environment })
    }
    if (inProfile !== undefined) {
      found.push({ ...inProfile, from: { profile: chosen?.name ?? "" }, precedence: profileRank })
    }
    const [winner, ...overrides] = found.sort((a, b) => b.precedence - a.precedence)
    return winner === undefined ? undefined : { ...winner, overrides }
  })
  const profile = chosen?.profile ?? {}
  const timeOf = Effect.fnUntraced(function* (key: "timeout" | "call_timeout", own: Option.Option<TimeSetting>) {
    const text = profile[key]
    const saved =
      chosen === undefined || text === undefined ? undefined : yield* parseProfileTime(chosen.name, key, text)
    const isFlag = Option.isSome(own) && "flag" in own.value.from
    return saved !== undefined && !isFlag && (Option.isNone(own) || profileRank > precedence.environment)
      ? saved
      : Option.getOrUndefined(own)
  })
  const timeout = yield* timeOf("timeout", given.timeout)
  const callTimeout = (yield* timeOf("call_timeout", given.callTimeout))?.time ?? defaultResiliencePolicy.callTimeout
  const none = Option.none<string>()
  const region = yield* find("--region", given.region, EndpointVariables.variables.region, {
    inCloud: valueOf(cloud?.region),
    inProfile: valueOf(profile.region)
  })
  const endpoint = yield* find("--endpoint", given.endpoint, EndpointVariables.variables.endpoint, {
    inProfile: valueOf(profile.endpoint)
  })
  const iamEndpoint = yield* find("", none, EndpointVariables.variables.iamEndpoint, {
    inProfile: valueOf(profile.iam_endpoint)
  })
  const yields = (found: ResolvedSetting | undefined): found is ResolvedSetting =>
    found !== undefined && region !== undefined && found.precedence < region.precedence
  const isElsewhere = endpoint === undefined || yields(endpoint)
  const shadowed = [
    ...(yields(endpoint) ? [endpoint] : []),
    // An address of CBR in use keeps the one of IAM beside it; but a named profile's password goes to no other IAM.
    ...(yields(iamEndpoint) &&
    (isElsewhere || iamEndpoint.precedence === precedence.profile || region?.precedence === precedence.namedProfile)
      ? [iamEndpoint]
      : [])
  ]
  const unlessShadowed = (found: ResolvedSetting | undefined) =>
    shadowed.some((each) => each === found) ? undefined : found
  const project = yield* find("--project-id", given.projectId, EndpointVariables.variables.project, {
    inCloud: namedIn(cloud?.project),
    inProfile: namedIn(ProfileFile.projectOf(profile))
  })
  return {
    project: isOfOtherRegion(project, region) ? undefined : project,
    region,
    endpoint: unlessShadowed(endpoint),
    iamEndpoint: unlessShadowed(iamEndpoint),
    stsEndpoint: yield* find("", none, EndpointVariables.variables.stsEndpoint, {}),
    signing: yield* find("", none, EndpointVariables.variables.signing, {}),
    timeout: timeout === undefined ? undefined : yield* startingNow(timeout),
    // A call never lasts longer than its command.
    callTimeout: timeout === undefined ? callTimeout : Duration.min(callTimeout, timeout.time),
    retries: given.retries,
    debug: given.debug,
    traceFile: Option.getOrUndefined(given.traceFile),
    shadowed: shadowed.map(({ from, precedence, value }) => ({ from, precedence, value })),
    profileError: error
  }
})

type Named = Pick<SettingValue, "value" | "isName">

const valueOf = (value: string | undefined): Named | undefined => (value === undefined ? undefined : { value })

const namedIn = (project: ProjectReference | undefined): Named | undefined => {
  if (project === undefined) return undefined
  return "id" in project ? { value: project.id } : { value: project.name, isName: true }
}

/** The reference of a project from its setting. */
export const projectOf = (found: ResolvedSetting | undefined): ProjectReference | undefined =>
  found === undefined ? undefined : found.isName === true ? { name: found.value } : { id: found.value }

/** Whether a project is the default of another region, with a lower precedence than the region: it is then ignored. */
const isOfOtherRegion = (project: ResolvedSetting | undefined, region: ResolvedSetting | undefined): boolean =>
  project?.isName === true &&
  region !== undefined &&
  project.precedence < region.precedence &&
  project.value !== region.value &&
  isRegionId(project.value)

const decodeTime = Schema.decodeUnknownOption(Timeout)

/** Reads a time from a profile. */
const parseProfileTime = (name: string, key: string, text: string): Effect.Effect<TimeSetting, Failure> =>
  Option.match(decodeTime(text), {
    onSome: (time) => Effect.succeed({ time, from: { profile: name } }),
    onNone: () =>
      Effect.fail(
        Failure.of("InvalidRequest", name, ({ profiles, timeout }) => [
          profiles.unusable,
          timeout.noTime(key, text),
          timeout.giveTime
        ])
      )
  })
