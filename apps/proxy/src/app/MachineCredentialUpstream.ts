import {
  BackupClient,
  CredentialChain,
  Credentials,
  Endpoint,
  type EndpointOptions,
  MachineEndpoint,
  ResiliencePolicy,
  type SearchedPlace
} from "@cbr/client"
import { layerCrypto } from "@cbr/client/node"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as Layer from "effect/Layer"
import { resiliencePolicy, UpstreamSection } from "../configuration/UpstreamSection.ts"
import { defaultsOf } from "../policy/SettingSchema.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { StartupError } from "../process/StartupError.ts"
import type { CredentialGuard } from "../upstream/CredentialGuard.ts"
import * as CloudHttpClient from "./CloudHttpClient.ts"

/**
 * The cloud, called with whatever credential this machine has, at the given
 * endpoint or region, else where this machine is set up for. Fails with
 * `NoCredentials` where there is none and none can come: a server whose
 * metadata answer may be given an agency while it runs, so there it is only
 * said in the log, and in every answer that needs one.
 */
export const layer = (options: EndpointOptions, held: CredentialGuard) =>
  BackupClient.layer.pipe(
    Layer.provide(Layer.effect(Credentials, Effect.map(Credentials, held.hold))),
    // Of the source itself: what only looks takes no turn at trying it.
    Layer.merge(someCredential),
    Layer.provide(CredentialChain.layer()),
    Layer.provide(
      options.endpoint === undefined && options.region === undefined ? machineEndpoint : Endpoint.layer(options)
    ),
    Layer.provide([
      Layer.succeed(ResiliencePolicy, resiliencePolicy(defaultsOf(UpstreamSection))),
      CloudHttpClient.layer,
      layerCrypto
    ])
  )

/** The search is waited for; what takes longer is a service that gives one out, and no reason not to start. */
const longestSearch = Duration.seconds(4)

/** Whether a place may have a credential later. A 403 without a service's code is of a filter on the way, not of a server's metadata. */
const mayCome = ({ may_come, reason }: SearchedPlace): boolean =>
  may_come === true && !(reason.code === "answered" && reason.status === 403 && reason.error_code === undefined)

const someCredential = Layer.effectDiscard(
  Effect.gen(function* () {
    const { current } = yield* Credentials
    const search = yield* Effect.forkScoped(
      Effect.asVoid(current).pipe(
        Effect.catch((error) =>
          error.detail.code === "no-credentials" && !error.detail.searched.some(mayCome)
            ? Effect.fail(error)
            : Effect.logWarning(error.message)
        )
      )
    )
    yield* Effect.timeoutOption(Fiber.join(search), longestSearch)
  })
)

/** Nothing is sent: the search for a credential is only to tell what there is. */
const offline = HttpClient.make((request) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, description: "there is no endpoint" })
    })
  )
)

/** The place of this machine's credential, or each place that was searched for one. */
const credentialFound = Effect.flatMap(CredentialChain.sourcesInOrder, CredentialChain.find).pipe(
  Effect.match({
    onFailure: ({ message }) => message,
    onSuccess: ({ place }) => `credential: found (${place})`
  }),
  Effect.scoped,
  Effect.provide(Endpoint.layer({ endpoint: "http://127.0.0.1:9" })),
  Effect.provideService(HttpClient.HttpClient, offline)
)

/** The endpoint of this machine's settings. Fails without one, and also tells of the credential then. */
const machineEndpoint = Layer.catchTag(MachineEndpoint.layer, "NoCredentials", ({ message }) =>
  Layer.effect(
    Endpoint,
    Effect.flatMap(credentialFound, (credential) =>
      Effect.fail(
        new StartupError({
          message: `${message}\n${credential}\n${whatNext}`,
          exitCode: exitCodes.nothingToCallWith
        })
      )
    )
  )
)

const whatNext =
  "Give --region or --endpoint, and a credential: CBR_TOKEN, or HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK. Or name a configuration with --config."
