import { omitUndefined } from "@cbr/domain"
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { authenticate } from "../credentials/authenticate.ts"
import { type Credential, Credentials, secretsOf } from "../credentials/Credentials.ts"
import { derivedScope } from "../endpoint/Addresses.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { InvalidRequest, MalformedResponse, type ShowBackupError } from "../errors/ShowBackupError.ts"
import { cutOf, httpCall } from "../http/httpCall.ts"
import { withGuard } from "../resilience/KeyLockoutGuard.ts"
import { ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"
import { withResilience } from "../resilience/Retry.ts"
import * as SigningClock from "../resilience/SigningClock.ts"

/**
 * A project of the account.
 * @category Calls
 * @since 0.1.0
 */
export interface Project {
  readonly id: string
  /** The default project of a region has the region's name. */
  readonly name: string
}

/**
 * Finds the project id for callers who know only the region, or a project's
 * name: a project that the endpoint names goes before the one that the
 * credential is for, and that before the region's own. Asked of IAM
 * once for each region and key, and kept. Fails with `InvalidRequest`
 * where the region has no project or several; the message lists what there is.
 *
 * @example
 * ```ts
 * const project_id = yield* ProjectDiscovery.use((discovery) => discovery.projectId)
 * const response = yield* BackupClient.use((client) => client.showBackup({ project_id, backup_id }))
 * ```
 * @source IAM, `GET /v3/projects?name=<region>`
 * @category Calls
 * @since 0.1.0
 */
export class ProjectDiscovery extends Context.Service<
  ProjectDiscovery,
  {
    /** The project that the endpoint names, else the credential's, else that of the endpoint's region. */
    readonly projectId: Effect.Effect<string, ShowBackupError>
    /** The project of a name; that of a region has the region's name. */
    readonly projectIdOf: (name: string) => Effect.Effect<string, ShowBackupError>
  }
>()("@cbr/client/ProjectDiscovery") {
  static readonly make = Effect.gen(function* () {
    const endpoint = yield* Endpoint
    const credentials = withGuard(yield* Credentials)
    const policy = yield* ResiliencePolicy
    const clock = yield* SigningClock.make
    const derived = derivedScope(endpoint, "iam")
    const context = Context.make(HttpClient.HttpClient, yield* HttpClient.HttpClient).pipe(
      Context.add(Mac.Mac, yield* Mac.Mac),
      Context.add(Digest.Digest, yield* Digest.Digest)
    )

    const send = Effect.fnUntraced(function* (query: string, credential: Credential) {
      const origin = credential.iam ?? endpoint.iam
      if (origin === undefined) {
        return yield* new InvalidRequest({ detail: { code: "project-needs-iam" } })
      }
      const headers = yield* authenticate(
        credential,
        { method: "GET", origin, path: "/v3/projects", query },
        { date: yield* clock.now, derived }
      )
      const address = `${origin}/v3/projects${query === "" ? "" : `?${query}`}`
      const answer = yield* httpCall(
        HttpClientRequest.get(address).pipe(HttpClientRequest.setHeaders({ accept: "application/json", ...headers })),
        {
          origin,
          service: "IAM",
          success: [200],
          largestBody: policy.largestBody,
          secrets: secretsOf(credential),
          timeout: policy.attemptTimeout
        }
      )
      const body = yield* Effect.option(decode(answer.text))
      if (body._tag === "Some") return body.value.projects
      return yield* new MalformedResponse({
        detail: { code: "answer-without-projects" },
        status_code: 200,
        ...cutOf(answer.text),
        ...omitUndefined({ request_id: answer.request_id })
      })
    })

    const list = Effect.fnUntraced(function* (
      query: string
    ): Effect.fn.Return<ReadonlyArray<Project>, ShowBackupError> {
      return yield* withResilience({
        policy,
        credentials,
        clock,
        send: (credential) => send(query, credential)
      }).pipe(Effect.provideContext(context))
    })

    const find = Effect.fn("ProjectDiscovery.find")(function* (name: string) {
      const [first, ...others] = yield* list(`name=${encodeURIComponent(name)}`)
      if (first !== undefined && others.length === 0) return first.id
      const projects = first === undefined ? yield* list("") : [first, ...others]
      const count = first === undefined ? 0 : projects.length
      return yield* new InvalidRequest({ detail: { code: "no-one-project", name, count, projects } })
    })

    // By name and credential: a key of another account has other projects.
    const ids = yield* Cache.makeWith((key: string) => find(key.slice(key.indexOf("\n") + 1)), {
      capacity: 1000,
      timeToLive: (exit) => (Exit.isSuccess(exit) ? Duration.infinity : Duration.zero)
    })
    const projectIdOf = (name: string) =>
      Effect.flatMap(credentials.current, (credential) => Cache.get(ids, `${identityOf(credential)}\n${name}`))

    return ProjectDiscovery.of({
      projectIdOf,
      projectId: Effect.gen(function* () {
        const { project: own } = yield* credentials.current
        const { project = own, region } = endpoint
        if (project !== undefined && "id" in project) return project.id
        // What a token is for is known without asking.
        if (own !== undefined && "id" in own && own.name === project?.name) return own.id
        const name = project?.name ?? region
        return yield* name === undefined
          ? new InvalidRequest({ detail: { code: "project-needs-region" } })
          : projectIdOf(name)
      })
    })
  })

  /** Over an `Endpoint`, `Credentials` and the platform's HTTP client and crypto. */
  static readonly layer: Layer.Layer<
    ProjectDiscovery,
    never,
    Endpoint | Credentials | HttpClient.HttpClient | Mac.Mac | Digest.Digest
  > = Layer.effect(ProjectDiscovery, ProjectDiscovery.make)
}

/** Tokens and temporary keys are renewed and stay the same user's, so the kind has to do for them. */
const identityOf = (credential: Credential): string =>
  credential._tag === "AccessKey" && credential.accessKey.security_token === undefined
    ? credential.accessKey.ak
    : credential._tag

const decode = Schema.decodeUnknownEffect(
  Schema.fromJsonString(
    Schema.Struct({ projects: Schema.Array(Schema.Struct({ id: Schema.NonEmptyString, name: Schema.String })) })
  )
)
