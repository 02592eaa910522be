import {
  BackupClient,
  Chain,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  type EndpointOptions,
  MachineEndpoint,
  ResiliencePolicy
} from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as GuardedLookup from "./GuardedLookup.ts"
import type { HeldCredential } from "./HeldCredential.ts"

/**
 * How patient the proxy is with the cloud. Callers have deadlines of their
 * own, mostly of 10 s or more, and rather hear "come back in 20 s" than wait.
 */
const policy: ResiliencePolicy = {
  ...defaultResiliencePolicy,
  attemptTimeout: Duration.seconds(3),
  deadline: Duration.seconds(9),
  retries: 2,
  backoff: Duration.millis(100),
  longestRetryAfter: Duration.seconds(2)
}

/**
 * The cloud, called with whatever credential this machine has, at the given
 * endpoint or region, else where this machine is set up for. Without a
 * credential the proxy starts all the same: it says so in its log, and in
 * every answer that needs one.
 */
export const layer = (options: EndpointOptions, held: HeldCredential) =>
  BackupClient.layer.pipe(
    Layer.provide(Layer.effect(Credentials, Effect.map(Credentials, held.hold))),
    // Of the source itself: what only looks takes no turn at trying it.
    Layer.merge(warnWithoutCredential),
    Layer.provide(Chain.layer()),
    Layer.provide(
      options.endpoint === undefined && options.region === undefined ? MachineEndpoint.layer : Endpoint.layer(options)
    ),
    Layer.provide([
      Layer.succeed(ResiliencePolicy, policy),
      GuardedLookup.layer,
      NodeCrypto.layerMac,
      NodeCrypto.layerDigest
    ])
  )

/** Beside the start: where the last place to look is a server's metadata, that takes seconds. */
const warnWithoutCredential = Layer.effectDiscard(
  Credentials.use(({ current }) => current).pipe(
    Effect.catch((error) => Effect.logWarning(error.message)),
    Effect.forkScoped
  )
)
