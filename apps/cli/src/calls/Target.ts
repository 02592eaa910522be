import {
  type Addresses,
  type CallerIdentity,
  CredentialChain,
  type Credential,
  Endpoint,
  type EndpointOptions,
  endpointsOf,
  ErrorTable,
  findRegion,
  isRegionId,
  type NoCredentials,
  PlaceVariables,
  RegionsFile,
  type ShowBackupError
} from "@cbr/client"
import { showBackupPath, type ShowBackupRequest } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Failure, failureOf, setUpAdvice, reasonLines } from "../failures/Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import { redactUrl } from "../text/redactUrl.ts"
import type { BackupRef } from "../values/BackupRef.ts"
import { ClientPool } from "./ClientPool.ts"
import { within } from "./CommandTimeout.ts"
import { type CallSettings, type ResolvedSetting, projectOf, precedence } from "./SettingResolution.ts"

/** What a call for one backup needs. */
export interface Target {
  readonly request: ShowBackupRequest
  readonly addresses: Addresses
  /** Address of the call. */
  readonly url: string
}

/** A setting that a call needs and that is not given. */
interface MissingSetting {
  readonly why: (messages: Messages) => string
  /** The same for a reader, a line each. */
  readonly whyInLines?: (messages: Messages) => ReadonlyArray<string>
  readonly next: (messages: Messages) => string
}

/**
 * Finds where a backup is, from its reference and the settings.
 *
 * Opens no connection to CBR. Fails with one `Failure` that names every missing
 * setting, so that a new user gives them all together. An address in the
 * reference must be CBR's in a known region or the configured endpoint:
 * credentials go nowhere else.
 */
export const resolveTarget = Effect.fnUntraced(function* (ref: BackupRef, settings: CallSettings) {
  const connections = yield* ClientPool
  const missing: Array<MissingSetting> = []
  const orMissing = <A, R>(
    needed: Effect.Effect<A, ShowBackupError, R>,
    advise: (messages: Messages, error: NoCredentials) => string
  ): Effect.Effect<A | undefined, Failure, R> =>
    needed.pipe(
      Effect.catch((error) => {
        if (error._tag !== "NoCredentials") {
          return Effect.flatMap(failureOf(error, { what: describeAddress(error, settings) ?? ref.text }), Effect.fail)
        }
        missing.push({
          why: (messages) => messages.detail(error.detail),
          whyInLines: (messages) => reasonLines(error, messages),
          next: (messages) => advise(messages, error)
        })
        return Effect.undefined
      })
    )

  const { origin } = ref
  const ownRegion = ref.region ?? (origin === undefined ? undefined : regionOf(origin))
  const region = ownRegion ?? settings.region?.value
  const isMeant = ownRegion === undefined ? () => true : yield* restrictToRegion(ownRegion, ref, settings)
  const endpoint = isMeant(settings.endpoint) ? settings.endpoint?.value : undefined
  const iamEndpoint = isMeant(settings.iamEndpoint) ? settings.iamEndpoint?.value : undefined
  if (origin !== undefined && regionOf(origin) === undefined && origin !== originOf(endpoint)) {
    return yield* new Failure({
      kind: "InvalidRequest",
      render: ({ foreignAddress, pick }) => ({
        title: pick(ErrorTable.InvalidRequest.title),
        what: ref.text,
        why: foreignAddress.why(origin),
        next: [foreignAddress.next(origin)]
      })
    })
  }
  if (settings.profileError !== undefined) {
    yield* orMissing(Effect.fail(settings.profileError), ({ missing }) => missing.giveProfile)
  }
  const addresses = yield* orMissing(
    addressesOf({
      ...placeOf(settings),
      region,
      endpoint,
      iamEndpoint,
      project: ref.project_id === undefined ? projectOf(settings.project) : undefined
    }),
    ({ missing }) => missing.giveEndpoint
  )
  const { title } = ErrorTable.NoCredentials
  const credential = yield* orMissing(
    addresses === undefined
      ? withoutAddresses
      : Effect.flatMap(connections.credentials(addresses), ({ current }) => current),
    (messages, error) => setUpAdvice(error, messages)
  )
  const known = ref.project_id ?? (settings.project?.isName === true ? undefined : settings.project?.value)
  const project_id =
    known === undefined &&
    addresses !== undefined &&
    credential !== undefined &&
    canDiscoverProject(credential, addresses)
      ? yield* orMissing(connections.projectId(addresses, settings), ({ missing }) => missing.giveProject)
      : known
  if (project_id === undefined) {
    missing.push({
      why: ({ missing }) => missing.project(PlaceVariables.variables.project),
      next: ({ missing }) => missing.giveProject
    })
  }

  if (addresses === undefined || project_id === undefined || credential === undefined) {
    return yield* new Failure({
      kind: "NoCredentials",
      render: (messages) => ({
        title: credential === undefined ? messages.pick(title) : messages.missing.settings,
        what: ref.text,
        why: missing.map(({ why }) => why(messages)).join(messages.between),
        whyLines: missing.flatMap(({ why, whyInLines = (messages) => [why(messages)] }) => whyInLines(messages)),
        next: missing.map(({ next }) => next(messages))
      })
    })
  }
  const request = { project_id, backup_id: ref.backup_id }
  return { request, addresses, url: addresses.cbr + showBackupPath(request) } satisfies Target
})

/** Names the setting of an invalid address, and the address without its password. */
const describeAddress = ({ detail }: ShowBackupError, { endpoint, iamEndpoint, stsEndpoint }: CallSettings) => {
  const settings = { endpoint, "iam-endpoint": iamEndpoint, "sts-endpoint": stsEndpoint }
  const found = detail.code === "not-an-address" ? settings[detail.setting] : undefined
  return found === undefined
    ? undefined
    : ({ named, source }: Messages) => named(source(found.from), redactUrl(found.value))
}

const addressesOf = (options: EndpointOptions) =>
  Effect.gen(function* () {
    return yield* Endpoint.make({ ...options, overrides: yield* RegionsFile.overridesOf(options.region) })
  }).pipe(Effect.catchTag("ConfigError", Effect.die))

/** The addresses of calls by the settings alone, for any backup. */
export const resolveAddresses = (settings: CallSettings) => addressesOf(placeOf(settings))

/** Asks IAM or STS for the owner of the credential; undefined if the credential must not be shown there. */
export const fetchIdentity = Effect.fnUntraced(function* (
  settings: CallSettings,
  addresses: Addresses
): Effect.fn.Return<CallerIdentity.CallerIdentity | undefined, ShowBackupError, ClientPool> {
  const connections = yield* ClientPool
  const credential = yield* Effect.flatMap(connections.credentials(addresses), ({ current }) => current)
  return mayShow(credential, addresses) ? yield* connections.identity(addresses, settings) : undefined
})

/**
 * Whether the client may show a token to IAM, or a key to STS. A gateway's
 * credential may be its own, which no cloud must see: then a setting must have
 * given the address of IAM or STS.
 */
const mayShow = (credential: Credential, { cbr, iam, region, sts }: Addresses): boolean => {
  if (credential.iam !== undefined || regionOf(cbr) !== undefined) return true
  const usual = region === undefined ? undefined : findRegion(region)
  return credential._tag === "Token" ? iam !== usual?.iam : sts !== usual?.sts
}

const placeOf = ({ endpoint, iamEndpoint, project, region, signing, stsEndpoint }: CallSettings): EndpointOptions => ({
  region: region?.value,
  endpoint: endpoint?.value,
  iamEndpoint: iamEndpoint?.value,
  stsEndpoint: stsEndpoint?.value,
  project: projectOf(project),
  signing: signing?.value
})

/** Whether a project's id can be found: by the credential, or by its name at IAM. */
const canDiscoverProject = (credential: Credential, addresses: Addresses): boolean => {
  const { iam, project, region } = addresses
  if (credential.project !== undefined && "id" in credential.project) return true
  if ((credential.iam ?? iam) === undefined || (credential.project ?? project ?? region) === undefined) return false
  return credential._tag === "AccessKey" || mayShow(credential, addresses)
}

/**
 * Selects the addresses that apply to a backup whose reference names a region.
 * A region on the command line overrides addresses of the environment and the
 * profile that may be of another region. An address of the cloud names its
 * region; the region of a gateway is a setting. If neither names it, the call
 * is refused: a gateway's key is never sent to a cloud.
 */
const restrictToRegion = Effect.fnUntraced(function* (
  region: string,
  ref: BackupRef,
  { endpoint, region: set }: CallSettings
) {
  const origin = originOf(endpoint?.value)
  const ofCloud = origin === undefined ? undefined : regionOf(origin)
  const isSame = (ofCloud ?? set?.value) === region
  const isRefused =
    endpoint !== undefined &&
    origin !== ref.origin &&
    !isSame &&
    (endpoint.precedence === precedence.flag) === (ofCloud !== undefined)
  if (isRefused) {
    return yield* new Failure({
      kind: "InvalidRequest",
      render: ({ otherRegion, pick, source }) => ({
        title: pick(ErrorTable.InvalidRequest.title),
        what: ref.text,
        why: otherRegion.why(region, source(endpoint.from)),
        next: [otherRegion.next(region, source(endpoint.from))]
      })
    })
  }
  return (found: ResolvedSetting | undefined) => found?.precedence === precedence.flag || isSame
})

/** The region whose CBR answers at this origin. */
const regionOf = (origin: string): string | undefined => {
  const [, region] = /^https:\/\/cbr\.([^.]+)\./.exec(origin) ?? []
  return region !== undefined && isRegionId(region) && endpointsOf(region).cbr === origin ? region : undefined
}

const originOf = (endpoint: string | undefined): string | undefined =>
  endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).origin : undefined

/** Looks for a credential before an address is known: in the environment and the profile alone, without the network. */
const withoutAddresses = Effect.scoped(
  CredentialChain.sourcesInOrder.pipe(
    Effect.flatMap((links) =>
      CredentialChain.find(links.filter(({ name: place }) => place === "environment" || place === "profile"))
    ),
    Effect.flatMap(({ credentials }) => credentials.current),
    Effect.provideService(Endpoint, { cbr: "http://endpoint.invalid" })
  )
)

/** Fetches one backup within the time of the command; every error is a `Failure`. */
export const fetchBackup = (ref: BackupRef, settings: CallSettings) =>
  fetchTarget(ref, settings).pipe(within(settings.timeout, ref.text))

const fetchTarget = Effect.fnUntraced(function* (ref: BackupRef, settings: CallSettings) {
  const started = yield* Clock.currentTimeMillis
  const target = yield* resolveTarget(ref, settings)
  const client = yield* ClientPool.use(({ client }) => client(target.addresses, settings))
  return yield* client
    .showBackup(target.request)
    .pipe(
      Effect.catch((error) =>
        Effect.flatMap(failureOf(error, { what: ref.text, url: target.url, started }), Effect.fail)
      )
    )
})
