import {
  listBackupsPath,
  type ListBackupsRequest,
  omitUndefined,
  showBackupPath,
  type ShowBackupRequest,
  type ShowBackupResponse
} from "@cbr/domain"
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Authenticator from "../credentials/Authenticator.ts"
import { type Credential, Credentials, secretsOf, sendable } from "../credentials/Credentials.ts"
import { derivedScope, endpointService } from "../endpoint/Addresses.ts"
import type { Endpoint } from "../endpoint/Endpoint.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import * as EventSource from "../events/EventSource.ts"
import { httpCallOver } from "../http/httpCall.ts"
import { userAgent } from "../http/UserAgent.ts"
import * as CircuitBreaker from "../resilience/CircuitBreaker.ts"
import { withFirstAttempt } from "../resilience/FirstAttempt.ts"
import { withGuard } from "../resilience/KeyLockoutGuard.ts"
import { validatePolicy } from "../resilience/PolicyValidation.ts"
import { defaultResiliencePolicy, ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"
import { makeSharedLimits, withResilience } from "../resilience/Retry.ts"
import { type CallInProgress, OnAttempt } from "../telemetry/Attempt.ts"
import { isRecorded } from "../telemetry/instrument.ts"
import { rawTransportOf } from "../transport/RawTransport.ts"
import type { BackupCalls, ListBody } from "./BackupCalls.ts"
import { offerOf, type EventStreamOffer, withOffer } from "./EventStreamOffer.ts"
import { type AnswerReader, listQueryText, listReader, malformedList, noSuchRoute } from "./ListBackupsCall.ts"
import { malformedIds } from "./malformedIds.ts"
import { readShowBackup } from "./readShowBackup.ts"

/** `BackupClient` as a type: its class adds the layer that reads the environment. */
type BackupClient = Context.ServiceClass.Shape<"@cbr/client/BackupClient", BackupCalls>

/** The service of `BackupClient` and its layer, without the layer that reads the environment. */
// @effect-diagnostics-next-line classSelfMismatch:off -- it is the same service as the class of the door
export class BackupClientService extends Context.Service<BackupClient, BackupCalls>()("@cbr/client/BackupClient") {
  static readonly make = Effect.gen(function* () {
    const endpoint = yield* endpointService
    const credentials = withGuard(yield* Credentials)
    const { authenticate, clock } = yield* Authenticator.make(derivedScope(endpoint, "cbr"))
    const given = yield* ResiliencePolicy
    const unusable = validatePolicy(given)
    const policy = unusable === undefined ? given : defaultResiliencePolicy
    const shared = yield* makeSharedLimits(policy)
    const circuit = yield* CircuitBreaker.make(policy.circuit, endpoint.cbr)
    const onAttempt = yield* OnAttempt
    /** The offered events of projects, by project id. */
    const listOffers = new Map<string, EventStreamOffer>()
    const context = Context.make(HttpClient.HttpClient, yield* HttpClient.HttpClient)

    /** A GET that shows a credential, made anew for each time that it is sent. */
    const get = ({ accept, path, project_id, query = "" }: Asked, credential: Credential) =>
      Effect.map(
        authenticate(credential, { method: "GET", origin: endpoint.cbr, path, query, project_id }),
        (headers) =>
          HttpClientRequest.makeWith(
            "GET",
            query === "" ? endpoint.cbr + path : `${endpoint.cbr}${path}?${query}`,
            UrlParams.empty,
            Option.none(),
            Headers.fromRecordUnsafe(
              accept === undefined ? { ...named, ...headers } : { ...named, accept, ...headers }
            ),
            HttpBody.empty
          )
      )

    const transport = rawTransportOf(yield* HttpClient.HttpClient)
    const success = [200]
    const timeout = Duration.min(policy.attemptTimeout, policy.callTimeout)

    /** One attempt of a call, whose answer is read by a reader of its own. */
    const send = <A>(asked: Asked, reader: AnswerReader<A>, credential: Credential, attempt?: CallInProgress) =>
      Effect.flatMap(get(asked, credential), (sent) =>
        Effect.flatMap(
          httpCallOver(transport, sent, {
            origin: endpoint.cbr,
            service: "CBR",
            success,
            largestBody: policy.largestBody,
            secrets: secretsOf(credential),
            timeout,
            ...omitUndefined({ attempt, consume: reader.consume })
          }),
          reader.read
        )
      )

    const subscribe = Effect.fnUntraced(function* ({ path, project_id }: EventStreamOffer, id: string | undefined) {
      const credential = yield* Effect.flatMap(credentials.current, sendable)
      return EventSource.subscribe(yield* get({ path, project_id }, credential), id, secretsOf(credential))
    })

    const call = withFirstAttempt({ circuit, credentials, onAttempt, shared })

    /** @param reader makes the reader of one attempt's answer */
    const attempts = <A>(asked: Asked, reader: () => AnswerReader<A>): Effect.Effect<A, ShowBackupError> => {
      const sendIt = (credential: Credential, attempt?: CallInProgress) => send(asked, reader(), credential, attempt)
      return call({
        send: sendIt,
        again: (credential) => shared.admission.admit(sendIt(credential)),
        withResilience: (begun) =>
          withResilience({ begun, policy, credentials, shared, clock, onAttempt, send: sendIt })
      })
    }

    const showBackup = (request: ShowBackupRequest): Effect.Effect<ShowBackupResponse, ShowBackupError> =>
      inSpan("BackupClient.showBackup", () => {
        const fault = unusable ?? malformedIds(request)
        if (fault !== undefined) return Effect.fail(fault)
        const { project_id } = request
        return attempts({ path: showBackupPath(request), project_id, accept: "application/json" }, () => ({
          read: (answer) =>
            Effect.map(readShowBackup(answer), (response) => {
              const link = EventSource.monitorLink(answer.headers)
              return link === undefined ? response : withOffer(response, { ...link, project_id })
            })
        }))
      })

    const list = <A>(request: ListBackupsRequest, reader: () => AnswerReader<A>): Effect.Effect<A, ShowBackupError> =>
      inSpan("BackupClient.listBackupsPage", () => {
        const fault = unusable ?? malformedList(request)
        if (fault !== undefined) return Effect.fail(fault)
        const { project_id } = request
        const path = listBackupsPath(request)
        const asked = { path, query: listQueryText(request), project_id, accept: "application/json" }
        const noting = (): AnswerReader<A> => {
          const { read, ...rest } = reader()
          const noteAndRead: typeof read = (answer) => {
            const link = EventSource.monitorLink(answer.headers)
            if (link === undefined) listOffers.delete(project_id)
            else listOffers.set(project_id, { path: link.path, etag: undefined, project_id })
            return read(answer)
          }
          return { ...rest, read: noteAndRead }
        }
        return Effect.catchTag(attempts(asked, noting), "BackupNotFound", noSuchRoute)
      })

    const eventsOf = (
      offered: EventStreamOffer | undefined,
      lastEventId: string | undefined
    ): EventSource.Events | undefined =>
      offered === undefined
        ? undefined
        : Stream.provideContext(Stream.unwrap(subscribe(offered, lastEventId ?? offered.etag)), context)

    return BackupClientService.of({
      showBackup,
      listBackupsPage: (request) => list(request, listReader),
      listBackupsBody: (request) => list(request, bodyReader),
      circuit: circuit.state,
      events: (response, lastEventId) => eventsOf(offerOf(response), lastEventId),
      listEvents: (project_id, lastEventId) => eventsOf(listOffers.get(project_id), lastEventId)
    })
  })

  /** Over an `Endpoint`, `Credentials` and the platform's HTTP client and crypto. */
  static readonly layer: Layer.Layer<
    BackupClient,
    never,
    Endpoint | Credentials | HttpClient.HttpClient | Mac.Mac | Digest.Digest
  > = Layer.effect(BackupClientService, BackupClientService.make)
}

const named: Readonly<Record<string, string>> = userAgent === undefined ? {} : { "user-agent": userAgent }

/** A request to the service, without its credential. */
interface Asked {
  readonly path: string
  readonly query?: string
  readonly project_id: string
  readonly accept?: string
}

/** Runs an effect in a span of this name, if a tracer records spans. */
const inSpan = <A, E>(name: string, effect: () => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.withFiber((fiber) => (isRecorded(fiber) ? Effect.withSpan(Effect.suspend(effect), name) : effect()))

/** A body as it came. */
const bodyReader = (): AnswerReader<ListBody> => ({
  read: ({ request_id, text }) => Effect.succeed({ raw: text, request_id })
})
