import { boardPath } from "@cbr/board/contract"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"
import Negotiator from "negotiator"
import { QuotaLimits } from "../callers/RateLimits.ts"
import { BackupAccess, wellFormed } from "../gateway/BackupAccess.ts"
import { liveness } from "../http/Liveness.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { FleetDigests } from "../live/FleetDigests.ts"
import { LiveEndpoints } from "../live/LiveEndpoints.ts"
import { watchesBackup, watchesProject } from "../live/MonitorLink.ts"
import { BoardPolicy } from "../policy/BoardPolicy.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { deadlineOf } from "../policy/RequestDeadline.ts"
import { problemPage } from "../problems/ProblemPage.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { discovered } from "../reload/ProjectDirectory.ts"
import { readBatch } from "./BatchRequest.ts"
import { batchResponse } from "./BatchResponse.ts"
import { boardFiles } from "./BoardFiles.ts"
import { documentationPage } from "./DocumentationPage.ts"
import type { PendingResponse, Exchange } from "./Exchange.ts"
import { fleetResponse } from "./FleetResponse.ts"
import { ProxyApi } from "./ProxyApi.ts"
import { type Sender, termsOf } from "./RequestDecision.ts"
import { type CachedCall, type CallName, noSuchResource, type PageName } from "./RouteTable.ts"

/** The answer of a route. */
export type Routed = PendingResponse<HttpServerResponse.HttpServerResponse>

/** A request that its route answers. */
export interface Routing {
  readonly exchange: Exchange
  readonly params: Readonly<Record<string, string | undefined>>
}

/** A request of a caller that has every right the route needs, and has been charged. */
export interface SenderRouting extends Routing {
  readonly sender: Sender
  /** Of a POST, where it has been read already: a signature covers it. */
  readonly body: Uint8Array | undefined
}

/** The handler of each declared route; the compiler asks for every one. The decision itself shows a backup. */
export type RouteHandlers = { readonly [Name in PageName]: (routing: Routing) => Routed } & {
  readonly [Name in Exclude<CallName, CachedCall>]: (routing: SenderRouting) => Routed
}

export const makeRouteHandlers: Effect.Effect<
  RouteHandlers,
  never,
  FleetDigests | BackupAccess | LiveEndpoints | Scope.Scope
> = Effect.gen(function* () {
  const access = yield* BackupAccess
  const live = yield* LiveEndpoints
  const description = HttpServerResponse.jsonUnsafe(OpenApi.fromApi(ProxyApi))
  const documentation = yield* documentationPage
  const board = yield* boardFiles
  const fleets = yield* FleetDigests

  return {
    watchBackup: ({ exchange: { head, proxy_request_id }, params, sender }) => {
      const request = backupIn(params)
      const subscriber = { ...sender, project_id: request.project_id, scopes: watchesBackup }
      return live.events({ head, proxy_request_id, subscriber, request })
    },
    watchBackups: ({ exchange: { head, proxy_request_id }, params: { project_id = "" }, sender }) =>
      live.projectEvents({ head, proxy_request_id, subscriber: { ...sender, project_id, scopes: watchesProject } }),
    showFleet: Effect.fnUntraced(function* ({ exchange: { head }, params: { project_id = "" }, sender }) {
      const patience = yield* deadlineOf(head, yield* LimitsPolicy)
      return yield* fleetResponse(head, yield* fleets.of(project_id, sender.caller.id, patience))
    }),
    batchGetBackups: Effect.fnUntraced(function* ({ body, exchange, sender }) {
      const { head, proxy_request_id, rules } = exchange
      /** A wrong request of a known caller costs what a valid one costs. */
      const charge = Effect.gen(function* () {
        exchange.rateLimit = yield* access.charge(sender, yield* QuotaLimits, yield* DateTime.now)
      })
      const terms = termsOf(head, rules, yield* DateTime.now)
      const [accepted, requests] = yield* Effect.tapError(Effect.all([terms, readBatch(head, body)]), () => charge)
      // Its items are requests of the caller each; without any it is one itself.
      if (requests.length === 0) yield* charge
      return yield* batchResponse(
        requests,
        Effect.fnUntraced(function* (request) {
          const { rateLimit, shown } = yield* access.show(sender, request, ["batch", "read"], accepted)
          // The item that was let in last says what is left, whichever is answered last.
          exchange.rateLimit = rateLimit
          return yield* shown
        }),
        proxy_request_id
      )
    }),
    purgeBackup: Effect.fnUntraced(function* ({ params }) {
      const request = backupIn(params)
      yield* wellFormed(request)
      yield* access.purge(request)
      return HttpServerResponse.empty()
    }),
    listProjects: Effect.fnUntraced(function* ({ exchange: { head }, sender: { address, caller } }) {
      const projects = yield* discovered(caller, { name: yield* nameSought(head), now: yield* DateTime.now, address })
      return HttpServerResponse.jsonUnsafe({ projects: projects.map(({ id, name }) => ({ id, name })) })
    }),
    explainProblem: ({ params: { slug = "" } }) => {
      const page = problemPage(slug)
      return page === undefined
        ? Effect.fail(noSuchProblem)
        : Effect.succeed(HttpServerResponse.text(page, { contentType: "text/plain; charset=utf-8" }))
    },
    health: () => liveness,
    describe: () => Effect.succeed(description),
    documentation: () => documentation,
    home: Effect.fnUntraced(function* ({ exchange: { head } }) {
      if (!prefersHtml(head) || !(yield* BoardPolicy)) return yield* noSuchResource
      return HttpServerResponse.empty({ status: 303, headers: { location: boardPath, vary: "accept" } })
    }),
    board: ({ exchange: { head } }) => board(head, ""),
    boardFile: ({ exchange: { head }, params: { file = "" } }) =>
      file === "" ? Effect.fail(noSuchResource) : board(head, file)
  }
})

const backupIn = ({ backup_id = "", project_id = "" }: Routing["params"]) => ({ project_id, backup_id })

/** The one parameter that discovery takes, as the official SDKs send it. */
const nameSought = ({ target }: RequestHead): Effect.Effect<string | undefined, ProxyError> => {
  const mark = target.indexOf("?")
  if (mark < 0) return Effect.succeed(undefined)
  const name = /^name=([A-Za-z0-9_-]{1,64})$/.exec(target.slice(mark + 1))?.[1]
  return name === undefined ? Effect.fail(onlyName) : Effect.succeed(name)
}

const onlyName = new ProxyError({
  reason: "BadRequest",
  message: "the call takes one query parameter, a project's name"
})
/** Whether a browser asks: programs name no HTML, or take anything. */
const prefersHtml = (head: RequestHead): boolean =>
  new Negotiator({ headers: { accept: valuesOf(head, "accept").join(",") } }).mediaTypes().includes("text/html")

const noSuchProblem = new ProxyError({ reason: "NoSuchResource", message: "no problem has this name" })
