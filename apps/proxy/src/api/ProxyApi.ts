import { boardPath, FleetDigest, fleetPath } from "@cbr/board/contract"
import { ErrorTable } from "@cbr/client"
import { BackupId, BackupResp, ListBackupsQuery, ProjectId } from "@cbr/domain"
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import manifest from "../../package.json" with { type: "json" }
import { healthPath } from "../http/RequestValidation.ts"
import { eventsPath, projectEventsPath, watchesBackup, watchesProject } from "../live/MonitorLink.ts"
import { defaultLimitsPolicy } from "../policy/LimitsPolicy.ts"
import { passedStatuses, problemPath } from "../problems/Problem.ts"
import { type ProblemKind, proxyErrors } from "../problems/ProxyError.ts"
import type { Scope } from "../rights/Caller.ts"

/** A problem, as it stands in an answer. */
export const ProblemBody = Schema.Struct({
  type: Schema.String.annotate({ description: "Path of the page that explains this kind of problem" }),
  title: Schema.String.annotate({ description: "The kind, in a few words" }),
  status: Schema.Int,
  detail: Schema.String.annotate({ description: "What happened this time" }),
  instance: Schema.String.annotate({ description: "The proxy's id of the exchange, as urn:uuid:…" }),
  retryable: Schema.Boolean.annotate({ description: "Whether the same request may succeed later" }),
  error_code: Schema.String.annotate({ description: "The service's code, or CbrProxy. and the name of the kind" }),
  error_msg: Schema.String.annotate({ description: "The service's words, or the proxy's" }),
  request_id: Schema.String.annotate({ description: "The service's id of the call, else the proxy's" }),
  failure: Schema.optionalKey(
    Schema.StructWithRest(Schema.Struct({ code: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
  ).annotate({ description: "A code and its facts for the failure of a call, where the words are the proxy's" })
}).annotate({ identifier: "Problem" })

const kinds: ReadonlyArray<ProblemKind> = [
  ...Object.values(ErrorTable).filter((kind) => kind !== ErrorTable.RequestRefused),
  ...passedStatuses.map((httpStatus) => ({ ...ErrorTable.RequestRefused, httpStatus })),
  ...Object.values(proxyErrors)
]

const problems = [...new Set(kinds.map(({ httpStatus }) => httpStatus))]
  .sort((a, b) => a - b)
  .map((status) =>
    ProblemBody.pipe(
      HttpApiSchema.status(status),
      HttpApiSchema.asJson({ contentType: "application/problem+json" })
    ).annotate({
      description: kinds
        .filter(({ httpStatus }) => httpStatus === status)
        .map(({ title }) => title.en)
        .join("; ")
    })
  )

const described = (description: string) => OpenApi.annotations({ description })

/** What a call takes beside a credential. */
export interface Access {
  /** What its caller has to be allowed: for the project in its path, where there is one. */
  readonly scopes: ReadonlyArray<Scope>
  /** Whether it is one request of its caller's quota; a batch is as many as it has items, which it takes itself. */
  readonly isCharged: boolean
}

/** What a call takes; without a word, nothing but one request of the quota. */
export const Access = Context.Reference<Access>("@cbr/proxy/openapi/Access", {
  defaultValue: () => ({ scopes: [], isCharged: true })
})

const takes = (scopes: ReadonlyArray<Scope>, isCharged = true) => Context.make(Access, { scopes, isCharged })

/** The four kinds of credential; one to a request. */
export class Credential extends HttpApiMiddleware.Service<Credential>()("@cbr/proxy/openapi/Credential", {
  security: {
    Bearer: HttpApiSecurity.bearer.pipe(
      HttpApiSecurity.annotateMerge(described("A key of the proxy's, or a JWT of an issuer that it trusts"))
    ),
    ApiKey: HttpApiSecurity.apiKey({ in: "header", key: "X-Api-Key" }).pipe(
      HttpApiSecurity.annotateMerge(described("A key of the proxy's"))
    ),
    AuthToken: HttpApiSecurity.apiKey({ in: "header", key: "X-Auth-Token" }).pipe(
      HttpApiSecurity.annotateMerge(described("A key of the proxy's, where the cloud takes a token"))
    ),
    Signature: HttpApiSecurity.apiKey({ in: "header", key: "Authorization" }).pipe(
      HttpApiSecurity.annotateMerge(
        described("SDK-HMAC-SHA256, signed with an access key of the proxy's as official SDKs do")
      )
    )
  }
}) {}

const Item = Schema.Struct({ project_id: ProjectId, backup_id: BackupId })

const BackupBody = Schema.Struct({ backup: BackupResp })

const ListBody = Schema.Struct({
  backups: Schema.Array(BackupResp),
  count: Schema.Int.annotate({ description: "Backups on the page, or all that match: the service does not say which" }),
  limit: Schema.optionalKey(Schema.Int),
  offset: Schema.optionalKey(Schema.Int)
}).annotate({ identifier: "BackupList" })

/** What a batch is answered, in the order of its items. */
export const BatchBody = Schema.Struct({
  items: Schema.Array(
    Schema.Struct({
      status: Schema.Int.annotate({ description: "The status that a request for this backup alone would get" }),
      request_id: Schema.optionalKey(Schema.String.annotate({ description: "The service's id of the call" })),
      etag: Schema.optionalKey(Schema.String.annotate({ description: "Tag of the backup, as in ETag" })),
      cache_status: Schema.optionalKey(
        Schema.String.annotate({ description: "How the cache handled it, as in Cache-Status" })
      ),
      body: Schema.optionalKey(BackupBody),
      problem: Schema.optionalKey(ProblemBody)
    }).annotate({ description: "It has the service's body, or a problem" })
  )
})

export class Backups extends HttpApiGroup.make("backups")
  .add(
    HttpApiEndpoint.get("showBackup", "/v3/:project_id/backups/:backup_id", {
      params: Item.fields,
      headers: {
        "If-None-Match": Schema.optionalKey(Schema.String).annotate({
          description: "Tag of the body that the caller has: 304 if it is still the current one"
        }),
        Prefer: Schema.optionalKey(Schema.String).annotate({
          description: "With If-None-Match, wait=30 waits so many seconds for a change; needs the scope watch"
        })
      },
      success: [
        BackupBody,
        Schema.Void.pipe(HttpApiSchema.status(304)).annotate({ description: "The caller has the body" })
      ],
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Show a backup",
        description: "The service's body, byte for byte; its request id in X-Request-Id."
      }).pipe(Context.merge(takes(["read"])))
    ),
    HttpApiEndpoint.get("listBackups", "/v3/:project_id/backups", {
      params: { project_id: ProjectId },
      query: ListBackupsQuery.fields,
      headers: {
        "If-None-Match": Schema.optionalKey(Schema.String).annotate({
          description: "Tag of the body that the caller has: 304 if it is still the current one"
        })
      },
      success: [
        ListBody,
        Schema.Void.pipe(HttpApiSchema.status(304)).annotate({ description: "The caller has the body" })
      ],
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "List backups",
        description:
          "One page, the service's body, byte for byte; its request id in X-Request-Id. It takes only the parameters of the API's page. Needs the scope list."
      }).pipe(Context.merge(takes(["list"])))
    ),
    HttpApiEndpoint.get("watchBackups", projectEventsPath(":project_id"), {
      params: { project_id: ProjectId },
      headers: {
        "Last-Event-ID": Schema.optionalKey(Schema.String).annotate({
          description:
            "Id of the newest event that the caller has: the proxy sends those after it, as far as it keeps them"
        })
      },
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Watch a project's backups",
        description:
          'Server-sent events: snapshot (how many backups are known; what follows is news to a list that is read from now on), new and changed (a backup as in ListBackups, within {"backup": …}), gone (its id, name and resource), problem (a problem), rotate (open the stream anew). Needs the scopes list and watch.'
      }).pipe(Context.merge(takes(watchesProject)))
    ),
    HttpApiEndpoint.get("showFleet", fleetPath(":project_id"), {
      params: { project_id: ProjectId },
      headers: {
        "If-None-Match": Schema.optionalKey(Schema.String).annotate({
          description: "Tag of the digest that the caller has: 304 if it is still the current one"
        })
      },
      success: [
        FleetDigest,
        Schema.Void.pipe(HttpApiSchema.status(304)).annotate({ description: "The caller has the digest" })
      ],
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Show a project's fleet",
        description:
          "Each server and disk with a letter, a moment and an id for each of its backups of 30 days: what the page at /-/board shows. Waits until the list has been read. Needs the scope list."
      }).pipe(Context.merge(takes(["list"])))
    ),
    HttpApiEndpoint.get("watchBackup", eventsPath(":project_id", ":backup_id"), {
      params: Item.fields,
      headers: {
        "Last-Event-ID": Schema.optionalKey(Schema.String).annotate({
          description: "Id of the newest event that the caller has: the proxy does not send that state again"
        })
      },
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Watch a backup",
        description:
          "Server-sent events: snapshot, changed, stable (the service's body, its tag as the id), deleted and problem (a problem), rotate (open the stream anew). Needs the scope watch."
      }).pipe(Context.merge(takes(watchesBackup)))
    ),
    HttpApiEndpoint.post("batchGetBackups", "/-/v1/backups::batchGet", {
      payload: Schema.Struct({
        items: Schema.Array(Item).check(Schema.isMaxLength(defaultLimitsPolicy.batch_items)).annotate({
          description: "The backups, at most as many as `limits.batch_items` of the configuration"
        })
      }),
      success: BatchBody,
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Show many backups",
        description:
          "Each is authorised, counted and answered alone, in the order of the request. Needs the scopes batch and read."
      }).pipe(Context.merge(takes(["batch"], false)))
    ),
    HttpApiEndpoint.delete("purgeBackup", "/-/v1/projects/:project_id/backups/:backup_id/cache", {
      params: Item.fields,
      success: HttpApiSchema.NoContent.annotate({ description: "The cache holds nothing of the backup" }),
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Forget a backup",
        description: "The next request for it asks the cloud; the backup itself stays as it is. Needs the scope purge."
      }).pipe(Context.merge(takes(["purge"])))
    )
  )
  .annotateMerge(described("Backups, one or many, once or as they change"))
  .middleware(Credential) {}

export class Projects extends HttpApiGroup.make("projects")
  .add(
    HttpApiEndpoint.get("listProjects", "/v3/projects", {
      query: { name: Schema.optionalKey(Schema.String) },
      success: Schema.Struct({ projects: Schema.Array(Schema.Struct({ id: ProjectId, name: Schema.String })) }),
      error: problems
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Find a project by its region's name",
        description: "The caller's own projects, as official SDKs ask for them at IAM."
      })
    )
  )
  .annotateMerge(described("The projects that the caller may see"))
  .middleware(Credential) {}

export class Pages extends HttpApiGroup.make("pages")
  .add(
    HttpApiEndpoint.get("explainProblem", problemPath(":slug"), {
      params: { slug: Schema.String },
      success: Schema.String.pipe(HttpApiSchema.asText()),
      error: problems
    }).annotateMerge(OpenApi.annotations({ summary: "What a kind of problem means, and what to do about it" })),
    HttpApiEndpoint.get("health", healthPath, {
      success: Schema.String.pipe(HttpApiSchema.asText()),
      error: problems
    }).annotateMerge(OpenApi.annotations({ summary: "Whether the proxy serves" })),
    HttpApiEndpoint.get("describe", "/-/openapi.json", { success: Schema.Unknown }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("documentation", "/-/docs", {
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/html" }))
    }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("home", "/", { success: Schema.Void }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("board", boardPath, {
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/html" }))
    }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("boardFile", `${boardPath}/:file`, {
      params: { file: Schema.String },
      success: Schema.String.pipe(HttpApiSchema.asText())
    }).annotate(OpenApi.Exclude, true)
  )
  .annotateMerge(described("Pages that need no credential")) {}

const problemDescription = "RFC 9457, with the members that official SDKs read"

/** What the generator cannot know. */
const edited = (generated: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const text = JSON.stringify(generated)
    // One schema for all statuses of a problem, where the generator makes one for each.
    .replaceAll(/"#\/components\/schemas\/Problem_\d+"/g, '"#/components/schemas/Problem"')
    // A caller sees only what a body holds; the generator tells it from what it is decoded to.
    .replaceAll(/(?<="(?:#\/components\/schemas\/)?)(\w+)Encoded(?=")/g, "$1")
    // The router's way to write a colon that begins no parameter.
    .replaceAll("/backups::batchGet", "/backups:batchGet")
    // What the proxy itself can count to binds no body of the service's.
    .replaceAll(`,"minimum":${Number.MIN_SAFE_INTEGER},"maximum":${Number.MAX_SAFE_INTEGER}`, "")
    // The service adds members, which pass.
    .replaceAll(',"additionalProperties":false', "")
  const spec = JSON.parse(text) as OpenApi.OpenAPISpec
  const schemas = Object.entries(spec.components.schemas)
    .filter(([name]) => !/^Problem_\d+$/.test(name))
    .map(([name, schema]) => [
      name,
      name === "Problem" ? { ...schema, description: problemDescription } : nullable(schema)
    ])
  return { ...spec, components: { ...spec.components, schemas: Object.fromEntries(schemas) } }
}

type JsonSchema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly allOf?: ReadonlyArray<JsonSchema>
}

/** The service sends `null` for any member that it might leave out. */
const nullable = (schema: JsonSchema): JsonSchema => {
  const { properties, required = [] } = schema
  if (properties === undefined) return schema
  const members = Object.entries(properties).map(([name, member]) => [
    name,
    required.includes(name) ? member : orNull(member)
  ])
  return { ...schema, properties: Object.fromEntries(members) }
}

/** The generator puts what is said of a member behind its schema, in `allOf`. */
const orNull = ({ allOf = [], ...own }: JsonSchema): JsonSchema => {
  const [first, ...said] = Object.keys(own).length > 0 ? [own, ...allOf] : allOf
  return { anyOf: [first, { type: "null" }], ...Object.assign({}, ...said) }
}

/**
 * What callers may ask of the proxy: its routes are these (`RouteTable.ts`),
 * and so is its description. Bodies are passed on without being decoded.
 */
export class ProxyApi extends HttpApi.make("cbr-proxy")
  .add(Backups, Projects, Pages)
  .annotateMerge(
    OpenApi.annotations({
      title: "cbr-proxy",
      version: manifest.version,
      description: "Backups of Huawei Cloud CBR, without a cloud credential.",
      license: { name: "MIT", identifier: "MIT" },
      servers: [{ url: "/", description: "The proxy that shows this" }],
      transform: edited
    })
  ) {}
