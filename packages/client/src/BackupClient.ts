import { BackupId, ProjectId, showBackupPath, type ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { authenticate } from "./Authentication.ts"
import { type Credential, Credentials, secretsOf, sendable } from "./credentials/Credentials.ts"
import * as Environment from "./credentials/Environment.ts"
import { withGuard } from "./credentials/RefusalGuard.ts"
import { derivedScope, Endpoint } from "./Endpoint.ts"
import { faultOfPolicy } from "./Limits.ts"
import * as Circuit from "./resilience/Circuit.ts"
import { defaultResiliencePolicy, ResiliencePolicy } from "./ResiliencePolicy.ts"
import { makeSharedLimits, resiliently } from "./Retrying.ts"
import { cutOf, serviceCall } from "./ServiceCall.ts"
import {
  InvalidRequest,
  MalformedResponse,
  type NoCredentials,
  ResponseTooLarge,
  type ShowBackupError
} from "./ShowBackupError.ts"
import * as SigningClock from "./SigningClock.ts"
import { OnAttempt } from "./telemetry/Attempt.ts"
import * as Monitor from "./watching/Monitor.ts"

/**
 * Fetches one backup from CBR.
 *
 * `showBackup` checks the ids, authenticates and sends the call, retries what a
 * retry can help, and reads the answer; it ends within the policy's call timeout
 * and fails only with a `ShowBackupError`. Interrupting it closes the connection.
 * `circuit` tells whether the endpoint is called at all: see `ResiliencePolicy`.
 *
 * @example
 * ```ts
 * const program = BackupClient.use((client) =>
 *   client.showBackup({ project_id: "4229d7a4…", backup_id: "6df2b54c-…" })
 * )
 * program.pipe(Effect.provide(BackupClient.layerConfig), Effect.provide(platform))
 * ```
 * @source GET /v3/{project_id}/backups/{backup_id}
 */
export class BackupClient extends Context.Service<
  BackupClient,
  {
    readonly showBackup: (request: ShowBackupRequest) => Effect.Effect<ShowBackupResponse, ShowBackupError>
    readonly circuit: Effect.Effect<Circuit.CircuitState>
    /**
     * The events of a backup, where the answer with that response offered them, as `cbr-proxy` does; `undefined`
     * elsewhere.
     *
     * @param lastEventId id of the newest event that the reader has; by default that of the response
     */
    readonly events?: (response: ShowBackupResponse, lastEventId?: string) => Monitor.Events | undefined
  }
>()("@cbr/client/BackupClient") {
  static readonly make = Effect.gen(function* () {
    const endpoint = yield* Endpoint
    const credentials = withGuard(yield* Credentials)
    const clock = yield* SigningClock.make
    const derived = derivedScope(endpoint, "cbr")
    const given = yield* ResiliencePolicy
    const unusable = faultOfPolicy(given)
    const policy = unusable === undefined ? given : defaultResiliencePolicy
    const shared = yield* makeSharedLimits(policy)
    const circuit = yield* Circuit.make(policy.circuit, endpoint.cbr)
    const onAttempt = yield* OnAttempt
    const offers = new WeakMap<ShowBackupResponse, Offered>()
    // These three and no more: with the whole context, a span that was open when the layer was built would become the
    // parent of every request.
    const context = Context.make(HttpClient.HttpClient, yield* HttpClient.HttpClient).pipe(
      Context.add(Mac.Mac, yield* Mac.Mac),
      Context.add(Digest.Digest, yield* Digest.Digest)
    )

    /** A GET that shows a credential, made anew for each time that it is sent. */
    const get = Effect.fnUntraced(function* (path: string, project_id: string, credential: Credential) {
      const headers = yield* authenticate(
        credential,
        { method: "GET", origin: endpoint.cbr, path, query: "", project_id },
        { date: yield* clock.now, derived }
      )
      return HttpClientRequest.setHeaders(HttpClientRequest.get(endpoint.cbr + path), headers)
    })

    const send = Effect.fnUntraced(function* (request: ShowBackupRequest, credential: Credential) {
      const { project_id } = request
      const answer = yield* serviceCall(
        HttpClientRequest.acceptJson(yield* get(showBackupPath(request), project_id, credential)),
        {
          origin: endpoint.cbr,
          service: "CBR",
          success: [200],
          largestBody: policy.largestBody,
          sent: secretsOf(credential),
          timeout: policy.attemptTimeout
        }
      )
      const response = yield* read(answer.text, answer.request_id)
      const offer = Monitor.offerIn(answer.headers)
      if (offer !== undefined) offers.set(response, { ...offer, project_id })
      return response
    })

    const hear = Effect.fnUntraced(function* ({ path, project_id }: Offered, id: string | undefined) {
      const credential = yield* Effect.flatMap(credentials.current, sendable)
      return Monitor.hear(yield* get(path, project_id, credential), id, secretsOf(credential))
    })

    const showBackup = Effect.fn("BackupClient.showBackup")(function* (request: ShowBackupRequest) {
      if (unusable !== undefined) return yield* unusable
      const checked = yield* check(request)
      return yield* resiliently({
        policy,
        credentials,
        shared,
        clock,
        send: (credential) => send(checked, credential)
      }).pipe(circuit.guard, Effect.provideContext(context), Effect.provideService(OnAttempt, onAttempt))
    })
    return BackupClient.of({
      showBackup,
      circuit: circuit.state,
      events: (response, lastEventId) => {
        const offered = offers.get(response)
        return offered === undefined
          ? undefined
          : Stream.provideContext(Stream.unwrap(hear(offered, lastEventId ?? offered.etag)), context)
      }
    })
  })

  /** Over an `Endpoint`, `Credentials` and the platform's HTTP client and crypto. */
  static readonly layer: Layer.Layer<
    BackupClient,
    never,
    Endpoint | Credentials | HttpClient.HttpClient | Mac.Mac | Digest.Digest
  > = Layer.effect(BackupClient, BackupClient.make)

  /** With endpoint and credentials from the environment. */
  static readonly layerConfig: Layer.Layer<
    BackupClient,
    InvalidRequest | NoCredentials | Config.ConfigError,
    HttpClient.HttpClient | Mac.Mac | Digest.Digest
  > = BackupClient.layer.pipe(Layer.provide([Endpoint.layerConfig, Environment.layer]))
}

/** Where the events of a response's backup are. */
interface Offered extends Monitor.Offer {
  readonly project_id: string
}

const isId = { project_id: Schema.is(ProjectId), backup_id: Schema.is(BackupId) }

const check = (request: ShowBackupRequest): Effect.Effect<ShowBackupRequest, InvalidRequest> => {
  const fields = (["project_id", "backup_id"] as const).filter((field) => !isId[field](request[field]))
  return fields.length === 0
    ? Effect.succeed(request)
    : Effect.fail(new InvalidRequest({ detail: { code: "ids-malformed", fields }, attempts: 0 }))
}

const read = (text: string, request_id: string | undefined) => {
  const response = ShowBackupResponse.read(text, { request_id })
  if (Result.isSuccess(response)) return Effect.succeed(response.success)
  const { fault } = response.failure
  const fields = {
    detail: { code: "backup-unreadable", fault },
    status_code: 200,
    ...(request_id === undefined ? {} : { request_id })
  } as const
  return Effect.fail(
    fault.code === "too-large" ? new ResponseTooLarge(fields) : new MalformedResponse({ ...fields, ...cutOf(text) })
  )
}
