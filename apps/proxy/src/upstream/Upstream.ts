import {
  BackupClient,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  type EndpointOptions,
  Environment,
  ResiliencePolicy
} from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as GuardedLookup from "./GuardedLookup.ts"

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
 * The cloud, called with the environment's credentials. Without any the proxy
 * starts all the same: it says so in its log, and in every answer that needs one.
 */
export const layer = (options: EndpointOptions) =>
  BackupClient.layer.pipe(
    Layer.merge(warnWithoutCredential),
    Layer.provide([
      Endpoint.layer(options),
      Environment.layer,
      Layer.succeed(ResiliencePolicy, policy),
      GuardedLookup.layer,
      NodeCrypto.layerMac,
      NodeCrypto.layerDigest
    ])
  )

const warnWithoutCredential = Layer.effectDiscard(
  Credentials.use((credentials) => credentials.current).pipe(Effect.catch((error) => Effect.logWarning(error.message)))
)
