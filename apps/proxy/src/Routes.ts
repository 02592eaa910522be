import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import { health } from "./admin/Health.ts"
import type { Caller, Scope } from "./callers/Caller.ts"
import { Callers } from "./callers/Callers.ts"
import { authorize } from "./callers/Policy.ts"
import { presentedCredential } from "./callers/PresentedCredential.ts"
import { discovered } from "./callers/ProjectDirectory.ts"
import { problemPath } from "./edge/Problem.ts"
import { problemPage } from "./edge/ProblemPage.ts"
import { Refusal } from "./edge/Refusal.ts"
import { type RequestHead, requestHead } from "./edge/RequestHead.ts"
import { readable } from "./edge/Resource.ts"
import { note } from "./observability/ExchangeRecord.ts"
import { documentationPage } from "./openapi/DocumentationPage.ts"
import { ProxyApi } from "./openapi/ProxyApi.ts"
import { relay } from "./upstream/relay.ts"
import { Upstreams } from "./upstream/Upstreams.ts"

/** What the proxy serves: the service's one path, behind the key, and its own pages, open to all. */
export const Routes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const callers = yield* Callers

    yield* readable(
      router,
      "/v3/:project_id/backups/:backup_id",
      Effect.gen(function* () {
        const head = yield* requestHead
        const caller = yield* callers.authenticate(yield* presentedCredential(head))
        const { backup_id = "", project_id = "" } = yield* HttpRouter.params
        const upstream = yield* allowed(caller, project_id, "read")
        if (head.target.includes("?")) return yield* unknownParameter
        // A UUID is the same in either case: one spelling, so that it is asked for and kept once.
        return yield* relay(upstream, { project_id, backup_id: backup_id.toLowerCase() })
      })
    )
    yield* readable(
      router,
      "/v3/projects",
      Effect.gen(function* () {
        const head = yield* requestHead
        const caller = yield* callers.authenticate(yield* presentedCredential(head))
        const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
        const projects = yield* discovered(caller, {
          name: yield* nameSought(head),
          now: yield* DateTime.now,
          address: Option.getOrUndefined(remoteAddress)
        })
        return HttpServerResponse.jsonUnsafe({ projects: projects.map(({ id, name }) => ({ id, name })) })
      })
    )
    yield* readable(router, "/-/healthz", health)
    yield* readable(router, "/-/openapi.json", Effect.succeed(HttpServerResponse.jsonUnsafe(OpenApi.fromApi(ProxyApi))))
    yield* readable(router, "/-/docs", yield* documentationPage)
    yield* readable(
      router,
      problemPath(":slug"),
      Effect.gen(function* () {
        const { slug = "" } = yield* HttpRouter.params
        const page = problemPage(slug)
        return page === undefined
          ? yield* noSuchProblem
          : HttpServerResponse.text(page, { contentType: "text/plain; charset=utf-8" })
      })
    )
  })
)

/** The upstream of a project, only for a caller who may; before anything is looked up or sent. */
const allowed = Effect.fnUntraced(function* (caller: Caller, project_id: string, scope: Scope) {
  const upstream = (yield* Upstreams).of(project_id)
  const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
  const decision = authorize(caller, {
    project_id,
    region: upstream?.region,
    scope,
    now: yield* DateTime.now,
    address: Option.getOrUndefined(remoteAddress)
  })
  if (decision._tag === "Allowed" && upstream !== undefined) return upstream
  const reason = decision._tag === "Denied" ? decision.reason : "Project"
  yield* note(({ denials }) => void denials.push({ reason, scope, project_id }))
  return yield* forbidden
})

/** One answer for every denial: it says nothing of why, nor of what there is. */
const forbidden = new Refusal({ reason: "Forbidden", message: "this caller may not do this in this project" })
/** The one parameter that discovery takes, as the official SDKs send it. */
const nameSought = ({ target }: RequestHead): Effect.Effect<string | undefined, Refusal> => {
  const mark = target.indexOf("?")
  if (mark < 0) return Effect.succeed(undefined)
  const name = /^name=([A-Za-z0-9_-]{1,64})$/.exec(target.slice(mark + 1))?.[1]
  return name === undefined ? Effect.fail(onlyName) : Effect.succeed(name)
}

const onlyName = new Refusal({ reason: "BadRequest", message: "the call takes one query parameter, a project's name" })
const unknownParameter = new Refusal({ reason: "BadRequest", message: "the call takes no query parameter" })
const noSuchProblem = new Refusal({ reason: "NoSuchResource", message: "no problem has this name" })
