import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type Credential, Credentials } from "../credentials/Credentials.ts"
import { derivedScope } from "../endpoint/Addresses.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { InvalidRequest, type ShowBackupError } from "../errors/ShowBackupError.ts"
import { answerWithout } from "../http/httpCall.ts"
import * as IamCalls from "../resilience/IamCalls.ts"

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
 * Finds the project id for callers that know only the region, or a project's
 * name: a project that the endpoint names goes before the one that the
 * credential is for, and that before the region's own. Asked of IAM
 * once for each region and key, and kept. Fails with `InvalidRequest`
 * if the region has no project or several; the message lists the projects.
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
    const { call, credentials } = yield* IamCalls.make(yield* Credentials, { derived: derivedScope(endpoint, "iam") })

    const list = (query: string): Effect.Effect<ReadonlyArray<Project>, ShowBackupError> =>
      call(
        ({ iam: origin = endpoint.iam }) =>
          origin === undefined
            ? Effect.fail(new InvalidRequest({ detail: { code: "project-needs-iam" } }))
            : Effect.succeed({ origin, path: "/v3/projects", query }),
        (answer) =>
          Effect.mapBoth(decode(answer.text), {
            onSuccess: ({ projects }) => projects,
            onFailure: () => answerWithout(answer, { code: "answer-without-projects" }, { status_code: 200 })
          })
      )

    const find = Effect.fn("ProjectDiscovery.find")(function* (name: string) {
      const [first, ...others] = yield* list(`name=${encodeURIComponent(name)}`)
      if (first !== undefined && others.length === 0) return first.id
      const projects = first === undefined ? yield* list("") : [first, ...others]
      const count = first === undefined ? 0 : projects.length
      return yield* new InvalidRequest({ detail: { code: "no-one-project", name, count, projects } })
    })

    // The key is name and credential: a key of another account has other projects.
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
        // A token names its project, so IAM need not be asked.
        if (own !== undefined && "id" in own && own.name === project?.name) return own.id
        const name = project?.name ?? region
        return yield* name === undefined
          ? new InvalidRequest({ detail: { code: "project-needs-region" } })
          : projectIdOf(name)
      })
    })
  })

  /** Over an `Endpoint`, `Credentials` and the platform's HTTP client and crypto. */
  static readonly layer = Layer.effect(ProjectDiscovery, ProjectDiscovery.make)
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
