import {
  BackupClient,
  Chain,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  Environment,
  IamToken,
  RefusalGuard,
  ResiliencePolicy
} from "@cbr/client"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Configuration } from "../configuration/Configuration.ts"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import type { CredentialSection } from "../configuration/CredentialSection.ts"
import type { HeldCredential } from "./HeldCredential.ts"
import { rotation, type Turn } from "./Rotation.ts"
import { type Upstream, Upstreams } from "./Upstreams.ts"

/**
 * The projects of a configuration, each with a client of its own. What opens
 * several projects is held once: refused for one, it is refused for all.
 */
export const make = Effect.fn("ConfiguredUpstreams.make")(function* (
  loaded: Loaded,
  held: ReadonlyMap<string, HeldCredential>
) {
  const { configuration } = loaded
  // A key is guarded once however many projects it opens: its failures count together.
  const keys = new Map<string, Credentials["Service"]>()
  for (const [name, credential] of Object.entries(configuration.credentials)) {
    const key = keyOf(credential, loaded.secrets.get(name) ?? noSecret)
    if (key !== undefined) keys.set(name, yield* built(RefusalGuard.layer.pipe(Layer.provide(key))))
  }
  const upstreams = new Map<string, Upstream>()
  for (const project_id of Object.keys(configuration.projects)) {
    upstreams.set(project_id, yield* open(project_id, loaded, keys, held))
  }
  return Upstreams.of({ of: (project_id) => upstreams.get(project_id) })
})

const open = Effect.fnUntraced(function* (
  project_id: string,
  { configuration, secrets }: Loaded,
  keys: ReadonlyMap<string, Credentials["Service"]>,
  held: ReadonlyMap<string, HeldCredential>
) {
  const { credentials, region } = configuration.projects[project_id]!
  const address = configuration.regions?.[region]
  const endpoint = yield* Endpoint.make({ region, endpoint: address?.endpoint, iamEndpoint: address?.iam_endpoint })
  const policy = policyOf(configuration)
  const settings = Layer.merge(Layer.succeed(Endpoint, endpoint), Layer.succeed(ResiliencePolicy, policy))

  const turn = Effect.fnUntraced(function* (name: string) {
    const credential = configuration.credentials[name]!
    const source =
      keys.get(name) ??
      (yield* built(Layer.provide(sourceOf(credential, secrets.get(name) ?? noSecret, project_id), settings)))
    return { held: held.get(name)!, source } satisfies Turn
  })
  const [first, ...others] = yield* Effect.forEach(credentials, turn)
  const { showBackup } = yield* BackupClient.make.pipe(
    Effect.provideService(Endpoint, endpoint),
    Effect.provideService(Credentials, rotation(first!, ...others)),
    Effect.provideService(ResiliencePolicy, policy)
  )
  return { region, credential_id: credentials.join("+"), showBackup } satisfies Upstream
})

const built = <E, R>(layer: Layer.Layer<Credentials, E, R>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, Credentials))

/** Of the types that need none. */
const noSecret = Redacted.make("")

/** How patient a configuration is with the cloud. */
const policyOf = ({ upstream }: Pick<Configuration, "upstream">): ResiliencePolicy => ({
  ...defaultResiliencePolicy,
  attemptTimeout: Duration.millis(upstream.attempt_timeout_ms),
  deadline: Duration.millis(upstream.deadline_ms),
  retries: upstream.retries,
  backoff: Duration.millis(100),
  longestRetryAfter: Duration.millis(upstream.longest_retry_after_ms),
  largestBody: upstream.largest_body_bytes
})

/** A credential that is the same for every project. */
const keyOf = (
  credential: CredentialSection,
  secret: Redacted.Redacted<string>
): Layer.Layer<Credentials> | undefined => {
  switch (credential.type) {
    case "access_key":
      return Credentials.accessKey({ ak: credential.ak, sk: secret })
    case "token":
      return Credentials.token(secret)
    case "environment":
      return Environment.layer
    default:
      return undefined
  }
}

/** A credential that depends on where the project is, or is for that project alone. */
const sourceOf = (credential: CredentialSection, secret: Redacted.Redacted<string>, project_id: string) =>
  credential.type === "password"
    ? IamToken.layer({
        user: credential.user,
        domain: credential.domain,
        password: secret,
        project: { id: project_id }
      })
    : Chain.layer()
