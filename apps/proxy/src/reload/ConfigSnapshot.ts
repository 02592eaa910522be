import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Authenticator } from "../callers/Authenticator.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import * as ConfigurationText from "../configuration/ConfigurationText.ts"
import { certificateOf, type TlsIdentity } from "../http/Tls.ts"
import { certificateEnd } from "../observability/Metrics.ts"
import { makeLeasedValues } from "../store/LeasedValues.ts"
import { Store } from "../store/Store.ts"
import * as CredentialGuard from "../upstream/CredentialGuard.ts"
import { makeCredentialTrial } from "../upstream/CredentialTrial.ts"
import { KeyedResources } from "../upstream/KeyedResources.ts"
import { makeSharedCredentialStatus } from "../upstream/SharedCredentialStatus.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import * as ConfiguredAuthenticator from "./ConfiguredAuthenticator.ts"
import * as ConfiguredUpstreams from "./ConfiguredUpstreams.ts"
import { credentialId, fingerprintOf } from "./CredentialFingerprint.ts"
import { requestPolicies } from "./RequestPolicies.ts"

/** All that follows from one reading of the configuration; made whole, and replaced whole. */
export interface ConfigSnapshot {
  readonly configuration: Configuration
  /** The server's certificate and key, where it speaks TLS. */
  readonly tls?: TlsIdentity | undefined
  /** The policies for each request. */
  readonly rules: Context.Context<never>
  readonly callers: Authenticator["Service"]
  readonly upstreams: Upstreams["Service"]
  /** The credentials for the cloud. */
  readonly credentials: ReadonlyArray<CredentialGuard.CredentialGuard>
}

/** The snapshot of a configuration file. Its clients live as long as the scope. */
export const fromLoaded = Effect.fn("ConfigSnapshot.fromLoaded")(function* (loaded: Loaded) {
  const { configuration, tls, warnings } = loaded
  for (const { message, setting } of warnings) yield* Effect.logWarning(`${setting}: ${message}`)
  if (tls !== undefined) yield* Metric.update(certificateEnd, Date.parse(certificateOf(tls).validTo) / 1000)
  const registry = yield* KeyedResources
  const held = new Map<string, CredentialGuard.CredentialGuard>()
  for (const name of Object.keys(configuration.credentials)) {
    held.set(name, yield* registry.get(`held ${credentialId(loaded, name)}`, heldCredential(loaded, name)))
  }
  return {
    configuration,
    tls,
    rules: requestPolicies(configuration),
    callers: yield* ConfiguredAuthenticator.make(loaded),
    upstreams: yield* ConfiguredUpstreams.make(loaded, held),
    credentials: [...held.values()]
  } satisfies ConfigSnapshot
})

/** A credential of the configuration, held together with the other replicas, by what all of them know it by. */
const heldCredential = Effect.fnUntraced(function* (loaded: Loaded, name: string) {
  const { isShared } = yield* Store
  const registry = yield* KeyedResources
  const statuses = yield* registry.get("statuses of credentials", makeLeasedValues("credential"))
  const identity = fingerprintOf(loaded, name).pipe(
    Effect.provide(NodeCrypto.layerKdf),
    Effect.orElseSucceed(() => undefined)
  )
  const shared = yield* makeSharedCredentialStatus(statuses, isShared ? identity : Effect.succeed(name))
  const lease = makeCredentialTrial(shared)
  yield* Effect.forkScoped(
    Stream.runForEach(shared.changes, (status) => Effect.sync(() => lease.merge(status))),
    { startImmediately: true }
  )
  return CredentialGuard.make(name, lease)
})

/** The configuration where there is no file: every default, and no caller. */
export const defaultConfiguration: Configuration = Result.getOrThrow(
  ConfigurationText.read("{callers: {}, credentials: {}, projects: {}}")
).configuration

/** Without a file: the callers and the upstream that are provided, for every project. */
export const withoutFile = Effect.fnUntraced(function* (configuration = defaultConfiguration) {
  return {
    configuration,
    rules: requestPolicies(configuration),
    callers: yield* Authenticator,
    upstreams: yield* Upstreams,
    credentials: []
  } satisfies ConfigSnapshot
})
