import {
  type Addresses,
  CredentialChain,
  type Credential,
  Endpoint,
  type EndpointOptions,
  ErrorTable,
  findRegion,
  type NoCredentials,
  EndpointVariables,
  RegionsFile,
  type ShowBackupError
} from "@cbr/client"
import { showBackupPath, type ShowBackupRequest } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { setUpAdvice, reasonLines, failWith, orFailure } from "../failures/ClientFailure.ts"
import { Failure } from "../failures/Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import { redactUrl } from "../text/redactUrl.ts"
import type { BackupRef } from "../values/BackupRef.ts"
import { ClientPool } from "./ClientPool.ts"
import { within } from "./CommandTimeout.ts"
import { restrictToRegion, regionOf, originOf } from "./RegionOfAddress.ts"
import { type CallSettings, projectOf } from "./SettingResolution.ts"

/** The request for one backup, and its address. */
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
          return failWith(error, { what: describeAddress(error, settings) ?? ref.text })
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
    return yield* Failure.of("InvalidRequest", ref.text, ({ foreignAddress, pick }) => [
      pick(ErrorTable.InvalidRequest.title),
      foreignAddress.why(origin),
      foreignAddress.next(origin)
    ])
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
      why: ({ missing }) => missing.project(EndpointVariables.variables.project),
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

/**
 * Whether the client may show a token to IAM, or a key to STS. A proxy's
 * credential may be its own, which no cloud must see: then a setting must have
 * given the address of IAM or STS.
 */
export const mayShow = (credential: Credential, { cbr, iam, region, sts }: Addresses): boolean => {
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
  return yield* client.showBackup(target.request).pipe(orFailure({ what: ref.text, url: target.url, started }))
})
