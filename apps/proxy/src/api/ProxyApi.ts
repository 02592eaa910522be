import { boardPath, FleetDigest, fleetPath } from "@cbr/board/contract"
import { BackupId, BackupResp, ListBackupsQuery, ProjectId } from "@cbr/domain"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import manifest from "../../package.json" with { type: "json" }
import { healthPath } from "../http/RequestValidation.ts"
import { eventsPath, projectEventsPath, watchesBackup, watchesProject } from "../live/MonitorLink.ts"
import { defaultLimitsPolicy } from "../policy/LimitsPolicy.ts"
import { problemPath } from "../problems/Problem.ts"
import { Credential, described, documented, needs } from "./ApiAccess.ts"
import { edited } from "./OpenApiEdits.ts"
import { ProblemBody, problems } from "./ProblemSchema.ts"

const optionalHeader = (description: string) => Schema.optionalKey(Schema.String).annotate({ description })

/** A conditional request: its header, and the answer to a caller that has the current state already. */
const ifNoneMatch = (state: string) =>
  optionalHeader(`Tag of the ${state} that the caller has: 304 if it is still the current one`)
const notModified = (state: string) =>
  Schema.Void.pipe(HttpApiSchema.status(304)).annotate({ description: `The caller has the ${state}` })

const text = (contentType: string) => Schema.String.pipe(HttpApiSchema.asText({ contentType }))

const Item = Schema.Struct({ project_id: ProjectId, backup_id: BackupId })

const BackupBody = Schema.Struct({ backup: BackupResp })

const ListBody = Schema.Struct({
  backups: Schema.Array(BackupResp),
  count: Schema.Int.annotate({ description: "Backups on the page, or all that match: the service does not say which" }),
  limit: Schema.optionalKey(Schema.Int),
  offset: Schema.optionalKey(Schema.Int)
}).annotate({ identifier: "BackupList" })

/** The answer to a batch, in the order of its items. */
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
        "If-None-Match": ifNoneMatch("body"),
        Prefer: optionalHeader("With If-None-Match, wait=30 waits so many seconds for a change; needs the scope watch")
      },
      success: [BackupBody, notModified("body")],
      error: problems
    }).annotateMerge(
      documented("Show a backup", "The service's body, byte for byte; its request id in X-Request-Id.", needs("read"))
    ),
    HttpApiEndpoint.get("listBackups", "/v3/:project_id/backups", {
      params: { project_id: ProjectId },
      query: ListBackupsQuery.fields,
      headers: { "If-None-Match": ifNoneMatch("body") },
      success: [ListBody, notModified("body")],
      error: problems
    }).annotateMerge(
      documented(
        "List backups",
        "One page, the service's body, byte for byte; its request id in X-Request-Id. It takes only the parameters of the API's page. Needs the scope list.",
        needs("list")
      )
    ),
    HttpApiEndpoint.get("watchBackups", projectEventsPath(":project_id"), {
      params: { project_id: ProjectId },
      headers: {
        "Last-Event-ID": optionalHeader(
          "Id of the newest event that the caller has: the proxy sends those after it, as far as it keeps them"
        )
      },
      success: text("text/event-stream"),
      error: problems
    }).annotateMerge(
      documented(
        "Watch a project's backups",
        'Server-sent events: snapshot (how many backups are known; what follows is news to a list that is read from now on), new and changed (a backup as in ListBackups, within {"backup": …}), gone (its id, name and resource), problem (a problem), rotate (open the stream anew). Needs the scopes list and watch.',
        needs(...watchesProject)
      )
    ),
    HttpApiEndpoint.get("showFleet", fleetPath(":project_id"), {
      params: { project_id: ProjectId },
      headers: { "If-None-Match": ifNoneMatch("digest") },
      success: [FleetDigest, notModified("digest")],
      error: problems
    }).annotateMerge(
      documented(
        "Show a project's fleet",
        "Each server and disk with a letter, a moment and an id for each of its backups of 30 days: what the page at /-/board shows. Waits until the list has been read. Needs the scope list.",
        needs("list")
      )
    ),
    HttpApiEndpoint.get("watchBackup", eventsPath(":project_id", ":backup_id"), {
      params: Item.fields,
      headers: {
        "Last-Event-ID": optionalHeader(
          "Id of the newest event that the caller has: the proxy does not send that state again"
        )
      },
      success: text("text/event-stream"),
      error: problems
    }).annotateMerge(
      documented(
        "Watch a backup",
        "Server-sent events: snapshot, changed, stable (the service's body, its tag as the id), deleted and problem (a problem), rotate (open the stream anew). Needs the scope watch.",
        needs(...watchesBackup)
      )
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
      documented(
        "Show many backups",
        "Each is authorised, counted and answered alone, in the order of the request. Needs the scopes batch and read.",
        { scopes: ["batch"], isCharged: false }
      )
    ),
    HttpApiEndpoint.delete("purgeBackup", "/-/v1/projects/:project_id/backups/:backup_id/cache", {
      params: Item.fields,
      success: HttpApiSchema.NoContent.annotate({ description: "The cache holds nothing of the backup" }),
      error: problems
    }).annotateMerge(
      documented(
        "Forget a backup",
        "The next request for it asks the cloud; the backup itself stays as it is. Needs the scope purge.",
        needs("purge")
      )
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
      documented(
        "Find a project by its region's name",
        "The caller's own projects, as official SDKs ask for them at IAM."
      )
    )
  )
  .annotateMerge(described("The projects that the caller may see"))
  .middleware(Credential) {}

export class Pages extends HttpApiGroup.make("pages")
  .add(
    HttpApiEndpoint.get("explainProblem", problemPath(":slug"), {
      params: { slug: Schema.String },
      success: text("text/plain"),
      error: problems
    }).annotateMerge(documented("What a kind of problem means, and what to do about it")),
    HttpApiEndpoint.get("health", healthPath, { success: text("text/plain"), error: problems }).annotateMerge(
      documented("Whether the proxy serves")
    ),
    HttpApiEndpoint.get("describe", "/-/openapi.json", { success: Schema.Unknown }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("documentation", "/-/docs", { success: text("text/html") }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("home", "/", { success: Schema.Void }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("board", boardPath, { success: text("text/html") }).annotate(OpenApi.Exclude, true),
    HttpApiEndpoint.get("boardFile", `${boardPath}/:file`, {
      params: { file: Schema.String },
      success: text("text/plain")
    }).annotate(OpenApi.Exclude, true)
  )
  .annotateMerge(described("Pages that need no credential")) {}

/**
 * The calls of the proxy: its routes are these (`RouteTable.ts`),
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
