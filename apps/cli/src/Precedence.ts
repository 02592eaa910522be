import { type NoCredentials, ProfileFile } from "@cbr/client"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Given, variable, variables } from "./Settings.ts"

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
export interface CallSettings {
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
): Effect.fn.Return<CallSettings> {
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
