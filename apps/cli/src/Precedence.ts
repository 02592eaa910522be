import {
  type CloudsFile,
  defaultResiliencePolicy,
  isRegionId,
  type NoCredentials,
  PlaceVariables,
  ProfileFile,
  type ProjectReference
} from "@cbr/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type CommandTimeout, startingNow } from "./CommandTimeout.ts"
import { Failure } from "./Failure.ts"
import type { Given, GivenTime } from "./Settings.ts"
import type { Source } from "./Source.ts"
import { TimeLimit } from "./TimeLimit.ts"

/** A value that was found, where, and what it kept from being used. */
export interface Found extends Overridden {
  readonly overrides: ReadonlyArray<Overridden>
}

/** A value and where it was found. */
export interface Overridden {
  readonly value: string
  readonly from: Source
  readonly rank: Rank
  /** Whether it is a name, of what else is an id: a project's may be either. */
  readonly isName?: boolean
}

/** How deliberate a value is, by where it stands: the greater goes before. */
export type Rank = (typeof rank)[keyof typeof rank]

/** A profile that a flag names goes before the environment, and one that is merely in use after it. */
export const rank = { flag: 3, namedProfile: 2, environment: 1, profile: 0 } as const

/** Where to call and how patiently; the credentials have a source of their own. */
export interface CallSettings {
  readonly project: Found | undefined
  readonly region: Found | undefined
  readonly endpoint: Found | undefined
  readonly iamEndpoint: Found | undefined
  readonly stsEndpoint: Found | undefined
  readonly signing: Found | undefined
  /** The limit of the whole command; without one it may take for ever. */
  readonly timeout: CommandTimeout | undefined
  /** The limit of one call with its retries. */
  readonly callTimeout: Duration.Duration
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
  /** The cloud that `OS_CLOUD` names: as deliberate as the environment, after its other variables. */
  readonly cloud?: CloudsFile.Cloud | undefined
}

/**
 * The flags, completed from the environment and the profile: what is more
 * deliberate goes before, and of a region and an address the region where it
 * is the more deliberate one.
 */
export const resolve = Effect.fnUntraced(function* (
  given: Given,
  { chosen, cloud, unread }: ProfileInUse
): Effect.fn.Return<CallSettings, Failure> {
  const profileRank = (yield* ProfileFile.NamedProfile) === undefined ? rank.profile : rank.namedProfile
  const find = Effect.fnUntraced(function* (
    flag: string,
    value: Option.Option<string>,
    names: ReadonlyArray<string>,
    { inCloud, inProfile }: { readonly inCloud?: Named | undefined; readonly inProfile?: Named | undefined }
  ) {
    const found: Array<Overridden> = Option.isSome(value)
      ? [{ value: value.value, from: { flag }, rank: rank.flag }]
      : []
    for (const { name, value } of yield* Effect.orDie(PlaceVariables.setOf(names))) {
      found.push({
        value,
        from: { variable: name },
        rank: rank.environment,
        ...(PlaceVariables.isOfName(name) ? { isName: true } : {})
      })
    }
    if (inCloud !== undefined && cloud !== undefined) {
      found.push({ ...inCloud, from: { cloud: cloud.name }, rank: rank.environment })
    }
    if (inProfile !== undefined) {
      found.push({ ...inProfile, from: { profile: chosen?.name ?? "" }, rank: profileRank })
    }
    const [winner, ...overrides] = found.sort((a, b) => b.rank - a.rank)
    return winner === undefined ? undefined : { ...winner, overrides }
  })
  const profile = chosen?.profile ?? {}
  const timeOf = Effect.fnUntraced(function* (key: "timeout" | "call_timeout", own: Option.Option<GivenTime>) {
    const text = profile[key]
    const saved = chosen === undefined || text === undefined ? undefined : yield* savedTime(chosen.name, key, text)
    const isFlag = Option.isSome(own) && "flag" in own.value.from
    return saved !== undefined && !isFlag && (Option.isNone(own) || profileRank > rank.environment)
      ? saved
      : Option.getOrUndefined(own)
  })
  const timeout = yield* timeOf("timeout", given.timeout)
  const callTimeout = (yield* timeOf("call_timeout", given.callTimeout))?.time ?? defaultResiliencePolicy.callTimeout
  const none = Option.none<string>()
  const region = yield* find("--region", given.region, PlaceVariables.variables.region, {
    inCloud: valueOf(cloud?.region),
    inProfile: valueOf(profile.region)
  })
  const endpoint = yield* find("--endpoint", given.endpoint, PlaceVariables.variables.endpoint, {
    inProfile: valueOf(profile.endpoint)
  })
  const iamEndpoint = yield* find("", none, PlaceVariables.variables.iamEndpoint, {
    inProfile: valueOf(profile.iam_endpoint)
  })
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
  const project = yield* find("--project-id", given.projectId, PlaceVariables.variables.project, {
    inCloud: namedIn(cloud?.project),
    inProfile: namedIn(ProfileFile.projectOf(profile))
  })
  return {
    project: isOwnOfAnother(project, region) ? undefined : project,
    region,
    endpoint: unlessSetAside(endpoint),
    iamEndpoint: unlessSetAside(iamEndpoint),
    stsEndpoint: yield* find("", none, PlaceVariables.variables.stsEndpoint, {}),
    signing: yield* find("", none, PlaceVariables.variables.signing, {}),
    timeout: timeout === undefined ? undefined : yield* startingNow(timeout),
    // No call lasts longer than its command.
    callTimeout: timeout === undefined ? callTimeout : Duration.min(callTimeout, timeout.time),
    retries: given.retries,
    debug: given.debug,
    traceFile: Option.getOrUndefined(given.traceFile),
    setAside: setAside.map(({ from, rank, value }) => ({ from, rank, value })),
    profileUnread: unread
  }
})

type Named = Pick<Overridden, "value" | "isName">

const valueOf = (value: string | undefined): Named | undefined => (value === undefined ? undefined : { value })

const namedIn = (project: ProjectReference | undefined): Named | undefined => {
  if (project === undefined) return undefined
  return "id" in project ? { value: project.id } : { value: project.name, isName: true }
}

/** A project by what was found of it. */
export const projectOf = (found: Found | undefined): ProjectReference | undefined =>
  found === undefined ? undefined : found.isName === true ? { name: found.value } : { id: found.value }

/** Whether a project is another region's own, and less deliberate than the region: the region's own takes its place. */
const isOwnOfAnother = (project: Found | undefined, region: Found | undefined): boolean =>
  project?.isName === true &&
  region !== undefined &&
  project.rank < region.rank &&
  project.value !== region.value &&
  isRegionId(project.value)

const decodeTime = Schema.decodeUnknownOption(TimeLimit)

/** A time that a profile holds. */
const savedTime = (name: string, key: string, text: string): Effect.Effect<GivenTime, Failure> =>
  Option.match(decodeTime(text), {
    onSome: (time) => Effect.succeed({ time, from: { profile: name } }),
    onNone: () =>
      Effect.fail(
        new Failure({
          kind: "InvalidRequest",
          tell: ({ profiles, timeout }) => ({
            title: profiles.unusable,
            what: name,
            why: timeout.noTime(key, text),
            next: [timeout.giveTime]
          })
        })
      )
  })
