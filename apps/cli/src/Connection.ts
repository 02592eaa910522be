import {
  type Addresses,
  BackupClient,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  endpointsOf,
  ErrorTable,
  isRegionId,
  ResiliencePolicy,
  type ShowBackupError
} from "@cbr/client"
import { path, type ShowBackupRequest } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { BackupRef } from "./BackupRef.ts"
import { Failure, failureOf } from "./Failure.ts"
import { Messages } from "./messages/Messages.ts"
import type { Settings } from "./Settings.ts"

/** Everything that a call to one backup needs. */
export interface Target {
  readonly request: ShowBackupRequest
  readonly addresses: Addresses
  /** Address of the call. */
  readonly url: string
}

/**
 * Where a backup is, by what its text says and the settings say of the rest.
 *
 * Opens nothing. Fails with one `Failure` that names everything missing, so
 * that a newcomer sets all of it at once. An address that was given must be
 * CBR's in some region or the configured endpoint: credentials go nowhere else.
 */
export const locate = Effect.fnUntraced(function* (ref: BackupRef, settings: Settings) {
  const messages = yield* Messages
  const credentials = yield* Credentials
  const missing: Array<{ readonly why: string; readonly next: string }> = []
  const orMissing = <A>(
    needed: Effect.Effect<A, ShowBackupError>,
    next: string
  ): Effect.Effect<A | undefined, Failure> =>
    needed.pipe(
      Effect.catch((error) => {
        if (error._tag !== "NoCredentials") return Effect.flatMap(failureOf(error, { what: ref.text }), Effect.fail)
        missing.push({ why: messages.reason(error), next })
        return Effect.undefined
      })
    )

  const region = ref.region ?? (ref.origin === undefined ? undefined : regionOf(ref.origin)) ?? settings.region?.value
  const endpoint = settings.endpoint?.value
  if (ref.origin !== undefined && regionOf(ref.origin) === undefined && ref.origin !== originOf(endpoint)) {
    return yield* new Failure({
      kind: "InvalidRequest",
      title: messages.pick(ErrorTable.InvalidRequest.title),
      what: ref.text,
      why: messages.foreignAddress.why(ref.origin),
      next: [messages.foreignAddress.next(ref.origin)]
    })
  }
  const addresses = yield* orMissing(
    Endpoint.make({ region, endpoint, iamEndpoint: settings.iamEndpoint?.value }),
    messages.missing.giveEndpoint
  )
  const project_id = ref.project_id ?? settings.project_id?.value
  if (project_id === undefined) missing.push({ why: messages.missing.project, next: messages.missing.giveProject })
  const { hint, title } = ErrorTable.NoCredentials
  const credential = yield* orMissing(credentials.current, messages.pick(hint))

  if (addresses === undefined || project_id === undefined || credential === undefined) {
    return yield* new Failure({
      kind: "NoCredentials",
      title: credential === undefined ? messages.pick(title) : messages.missing.settings,
      what: ref.text,
      why: missing.map(({ why }) => why).join("; "),
      next: missing.map(({ next }) => next)
    })
  }
  const request = { project_id, backup_id: ref.backup_id }
  return { request, addresses, url: addresses.cbr + path(request) } satisfies Target
})

/** The region whose CBR answers at this origin. */
const regionOf = (origin: string): string | undefined => {
  const [, region] = /^https:\/\/cbr\.([^.]+)\./.exec(origin) ?? []
  return region !== undefined && isRegionId(region) && endpointsOf(region).cbr === origin ? region : undefined
}

const originOf = (endpoint: string | undefined): string | undefined =>
  endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).origin : undefined

/** The client for a target's addresses, as patient as the settings say. */
export const clientFor = ({ addresses }: Target, { retries, timeout }: Settings) =>
  BackupClient.make.pipe(
    Effect.provideService(Endpoint, addresses),
    Effect.provideService(ResiliencePolicy, {
      ...defaultResiliencePolicy,
      retries,
      deadline: timeout,
      attemptTimeout: Duration.min(defaultResiliencePolicy.attemptTimeout, timeout)
    })
  )

/** Fetches one backup; fails with nothing but a `Failure`. */
export const fetch = Effect.fnUntraced(function* (ref: BackupRef, settings: Settings) {
  const started = yield* Clock.currentTimeMillis
  const target = yield* locate(ref, settings)
  const client = yield* clientFor(target, settings)
  return yield* client
    .showBackup(target.request)
    .pipe(
      Effect.catch((error) =>
        Effect.flatMap(failureOf(error, { what: ref.text, url: target.url, started }), Effect.fail)
      )
    )
})
