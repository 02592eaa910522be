import {
  Agency,
  BackupClient,
  CredentialChain,
  Credentials,
  Endpoint,
  Environment,
  IamToken,
  KeyLockoutGuard,
  ResiliencePolicy
} from "@cbr/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import type { CredentialSection } from "../configuration/CredentialSection.ts"
import { resiliencePolicy } from "../configuration/UpstreamSection.ts"
import { credentialFallback, type GuardedSource } from "../upstream/CredentialFallback.ts"
import type { CredentialGuard } from "../upstream/CredentialGuard.ts"
import { KeyedResources } from "../upstream/KeyedResources.ts"
import { listCall } from "../upstream/ListAnswer.ts"
import { type Upstream, Upstreams } from "../upstream/Upstreams.ts"
import { credentialId } from "./CredentialFingerprint.ts"

/**
 * The projects of a configuration, each with a client of its own. A source that opens several projects is held once: the
 * cloud's refusal for one counts for all.
 */
export const make = Effect.fn("ConfiguredUpstreams.make")(function* (
  loaded: Loaded,
  held: ReadonlyMap<string, CredentialGuard>
) {
  const upstreams = new Map<string, Upstream>()
  for (const project_id of Object.keys(loaded.configuration.projects)) {
    upstreams.set(project_id, yield* open(project_id, loaded, held))
  }
  return Upstreams.of({ of: (project_id) => upstreams.get(project_id) })
})

const open = Effect.fnUntraced(function* (
  project_id: string,
  loaded: Loaded,
  held: ReadonlyMap<string, CredentialGuard>
) {
  const { configuration, secrets } = loaded
  const registry = yield* KeyedResources
  const { credentials, region } = configuration.projects[project_id]!
  const address = configuration.regions?.[region]
  const endpoint = yield* Endpoint.make({ region, endpoint: address?.endpoint, iamEndpoint: address?.iam_endpoint })
  const policy = resiliencePolicy({ ...configuration.upstream, ...address?.upstream })
  /** Of all that decides how the region is asked. */
  const madeOf = JSON.stringify([region, address, configuration.upstream])
  const settings = Layer.merge(Layer.succeed(Endpoint, endpoint), Layer.succeed(ResiliencePolicy, policy))

  /** A password's token is for its project; all else is the same for the region. */
  const placeOf = (credential: CredentialSection): string =>
    credential.type === "password" ? project_id : credential.type === "agency" ? placeOf(named(credential.of)) : region
  const named = (name: string) => configuration.credentials[name]!

  /** The source of a credential, made once for all credentials and projects that can share it. */
  const sourceNamed = (
    name: string
  ): Effect.Effect<Credentials["Service"], never, Exclude<CredentialChain.Requirements, Endpoint> | Scope.Scope> =>
    Effect.gen(function* () {
      const credential = named(name)
      const id = credentialId(loaded, name)
      const secret = secrets.get(name) ?? noSecret
      const key = keyOf(credential, secret)
      // A key is guarded once however many projects it opens: its failures count together.
      if (key !== undefined) return yield* registry.get(`key ${id}`, built(Layer.provide(KeyLockoutGuard.layer, key)))
      const layer =
        credential.type === "agency"
          ? // A refusal by IAM counts for every project that uses the credential.
            agencyOf(credential, held.get(credential.of)!.hold(yield* sourceNamed(credential.of)))
          : sourceOf(credential, secret, project_id)
      return yield* registry.get(`source ${id} ${placeOf(credential)} ${madeOf}`, built(Layer.provide(layer, settings)))
    })
  const [first, ...others] = yield* Effect.forEach(credentials, (name) =>
    Effect.map(sourceNamed(name), (source): GuardedSource => ({ held: held.get(name)!, source }))
  )
  const client = BackupClient.make.pipe(
    Effect.provideService(Endpoint, endpoint),
    Effect.provideService(Credentials, credentialFallback(first!, ...others)),
    Effect.provideService(ResiliencePolicy, policy)
  )
  const shown = credentials.map((name) => credentialId(loaded, name)).join(" ")
  const made = yield* registry.get(`client ${project_id} ${shown} ${madeOf}`, client)
  const names = credentials.join("+")
  // An answer of another endpoint is not this one's.
  const credential_id = address?.endpoint === undefined ? names : `${names}@${address.endpoint}`
  return { region, credential_id, showBackup: made.showBackup, listBackups: listCall(made) } satisfies Upstream
})

const built = <E, R>(layer: Layer.Layer<Credentials, E, R>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, Credentials))

/** Of the types that need none. */
const noSecret = Redacted.make("")

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
    : CredentialChain.layer()

/** A temporary key of an agency, asked for with a credential of the configuration. */
const agencyOf = (
  { agency, domain }: Extract<CredentialSection, { readonly type: "agency" }>,
  own: Credentials["Service"]
) => Agency.layer({ agency, domain }).pipe(Layer.provide(Layer.succeed(Credentials, own)))
