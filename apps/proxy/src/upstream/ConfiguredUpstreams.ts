import {
  BackupClient,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  Environment,
  IamToken,
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
  const upstreams = new Map<string, Upstream>()
  for (const project_id of Object.keys(loaded.configuration.projects)) {
    upstreams.set(project_id, yield* open(project_id, loaded, held))
  }
  return Upstreams.of({ of: (project_id) => upstreams.get(project_id) })
})

const open = Effect.fnUntraced(function* (
  project_id: string,
  { configuration, secrets }: Loaded,
  held: ReadonlyMap<string, HeldCredential>
) {
  const { credentials, region } = configuration.projects[project_id]!
  const address = configuration.regions?.[region]
  const endpoint = yield* Endpoint.make({ region, endpoint: address?.endpoint, iamEndpoint: address?.iam_endpoint })
  const policy = policyOf(configuration)
  const settings = Layer.merge(Layer.succeed(Endpoint, endpoint), Layer.succeed(ResiliencePolicy, policy))

  const [first, ...others] = yield* Effect.forEach(credentials, (name) =>
    Effect.map(
      Layer.build(
        Layer.provide(layerOf(configuration.credentials[name]!, secrets.get(name) ?? noSecret, project_id), settings)
      ),
      (context): Turn => ({ held: held.get(name)!, source: Context.get(context, Credentials) })
    )
  )
  const { showBackup } = yield* BackupClient.make.pipe(
    Effect.provideService(Endpoint, endpoint),
    Effect.provideService(Credentials, rotation(first!, ...others)),
    Effect.provideService(ResiliencePolicy, policy)
  )
  return { region, credential_id: credentials.join("+"), showBackup } satisfies Upstream
})

/** Of the one type that needs none. */
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

/** One source a type. A token that a password gets is for one project. */
const layerOf = (credential: CredentialSection, secret: Redacted.Redacted<string>, project_id: string) => {
  switch (credential.type) {
    case "access_key":
      return Credentials.accessKey({ ak: credential.ak, sk: secret })
    case "token":
      return Credentials.token(secret)
    case "password":
      return IamToken.layer({
        user: credential.user,
        domain: credential.domain,
        password: secret,
        project: { id: project_id }
      })
    case "environment":
      return Environment.layer
  }
}
