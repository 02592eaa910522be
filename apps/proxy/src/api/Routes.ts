import type { ShowBackupRequest } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import { answerOf } from "../cache/BackupAnswer.ts"
import { CachedBackups } from "../cache/CachedBackups.ts"
import { fieldOf, resultOf } from "../cache/CacheStatus.ts"
import * as RequestDirectives from "../cache/RequestDirectives.ts"
import { Callers } from "../callers/Callers.ts"
import { isSigned, presentedCredential, type Signed } from "../callers/PresentedCredential.ts"
import { Quotas } from "../callers/Quotas.ts"
import { unlessReplayed } from "../callers/Replay.ts"
import { makeUsedSignatures, UsedSignatures } from "../callers/UsedSignatures.ts"
import { Gateway, type ShowTerms, type Visitor } from "../gateway/Gateway.ts"
import { AnswerNotes } from "../http/AnswerNotes.ts"
import { healthPath } from "../http/HeadRules.ts"
import { health } from "../http/Health.ts"
import { type RequestHead, requestHead, valuesOf } from "../http/RequestHead.ts"
import { LiveAnswers } from "../live/LiveAnswers.ts"
import { eventsPath, offerOf } from "../live/Offer.ts"
import { note } from "../observability/ExchangeRecord.ts"
import { timeLimitOf } from "../policy/TimeLimit.ts"
import { problemPath } from "../problems/Problem.ts"
import { problemPage } from "../problems/ProblemPage.ts"
import { Refusal } from "../problems/Refusal.ts"
import type { Caller, Scope } from "../rights/Caller.ts"
import { unfitness } from "../rights/Policy.ts"
import { discovered } from "../snapshot/ProjectDirectory.ts"
import { batchAnswer } from "./BatchAnswer.ts"
import { readBatch, readBody } from "./BatchRequest.ts"
import { documentationPage } from "./DocumentationPage.ts"
import { ProxyApi } from "./ProxyApi.ts"
import { readable, resource } from "./Resource.ts"

/** Template of the drop-in route. */
export const backupRoute = "/v3/:project_id/backups/:backup_id"

/** What the proxy serves: backups, to those who may see them, and its own pages, open to all. */
export const Routes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const callers = yield* Callers
    const gateway = yield* Gateway
    const live = yield* LiveAnswers
    const quotas = yield* Quotas
    const { store } = yield* CachedBackups
    const passes = unlessReplayed((yield* UsedSignatures) ?? makeUsedSignatures())

    const usesOnce = Effect.fnUntraced(function* (signed: Signed, caller: Caller, address: string | undefined) {
      // An unfit one opens nothing, and takes nothing from the caller whose key somebody may have found.
      if (unfitness(caller, { address, now: yield* DateTime.now }) !== undefined) return
      yield* passes(signed, quotas.takeForSignature(caller))
    })

    /** Who sends this request, with this body if it has one, and by what. */
    const visitorWith = Effect.fnUntraced(function* (body: Uint8Array | undefined) {
      const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
      const presented = yield* presentedCredential(yield* requestHead, body)
      const address = Option.getOrUndefined(remoteAddress)
      const caller = yield* callers.authenticate(presented).pipe(
        Effect.tap((caller) =>
          presented._tag === "SdkSignature" ? usesOnce(presented, caller, address) : Effect.void
        ),
        Effect.tapError(({ reason }) => (reason === "Unauthenticated" ? quotas.takeFailedSignIn(address) : Effect.void))
      )
      return { caller, presented, address }
    })
    const visitor = visitorWith(undefined)

    /** Shows a backup, and notes for the answer what there is to say of the caller's quota and of the cache. */
    const show = Effect.fnUntraced(function* (
      from: Visitor,
      request: ShowBackupRequest,
      scopes: ReadonlyArray<Scope>,
      terms: ShowTerms
    ) {
      const { rateLimit, shown } = yield* gateway.show(from, request, scopes, terms)
      const notes = yield* AnswerNotes
      // Of a batch's items the one that was let in last says what is left, whichever is answered last.
      notes.fields = { ...rateLimit }
      return yield* shown
    })

    /** Takes one request of the caller's quota, and notes for the answer what there is to say of it. */
    const charge = Effect.fnUntraced(function* (from: Visitor) {
      const rateLimit = yield* gateway.charge(from)
      const notes = yield* AnswerNotes
      notes.fields = { ...notes.fields, ...rateLimit }
    })
    /** What is wrong with a request whose caller is known costs what a right one costs. */
    const atTheCostOf =
      (from: Visitor) =>
      <A, R>(read: Effect.Effect<A, Refusal, R>) =>
        Effect.tapError(read, () => charge(from))

    yield* readable(
      router,
      backupRoute,
      Effect.gen(function* () {
        const head = yield* requestHead
        const from = yield* visitor
        const { backup_id = "", project_id = "" } = yield* HttpRouter.params
        const terms = yield* atTheCostOf(from)(Effect.andThen(noParameter(head), termsOf(head)))
        const request = { project_id, backup_id }
        const shown = yield* show(from, request, ["read"], terms)
        const notes = yield* AnswerNotes
        yield* note((record) => void (record.cache = resultOf(shown.status)))
        notes.fields = { ...notes.fields, "cache-status": fieldOf(shown.status) }
        const entry = yield* Effect.fromResult(shown.outcome)
        const watcher = { ...from, project_id }
        notes.fields = { ...notes.fields, ...offerOf(gateway, from, request, yield* DateTime.now) }
        const answer = answerOf(head, entry, shown, store)
        if (answer.status !== 304) return answer
        const waited = yield* live.waited({ head, watcher, request }, entry)
        if (waited === undefined) return answer
        if (waited === "moved") {
          const again = yield* show(from, request, ["read"], terms)
          return answerOf(head, yield* Effect.fromResult(again.outcome), again, store)
        }
        notes.fields = { ...notes.fields, "preference-applied": waited.applied }
        return answerOf(head, waited.entry, waited.shown, store)
      })
    )
    yield* readable(
      router,
      eventsPath(":project_id", ":backup_id"),
      Effect.gen(function* () {
        const head = yield* requestHead
        const from = yield* visitor
        const { backup_id = "", project_id = "" } = yield* HttpRouter.params
        yield* atTheCostOf(from)(noParameter(head))
        return yield* live.events({ head, watcher: { ...from, project_id }, request: { project_id, backup_id } })
      })
    )
    yield* resource(
      router,
      ["POST"],
      "/-/v1/backups::batchGet",
      Effect.gen(function* () {
        const head = yield* requestHead
        const signed = isSigned(head) ? yield* readBody(head) : undefined
        const from = yield* visitorWith(signed)
        if (!from.caller.scopes.has("batch")) return yield* gateway.deny(from, { reason: "Scope", scope: "batch" })
        const [terms, requests] = yield* atTheCostOf(from)(Effect.all([termsOf(head), readBatch(head, signed)]))
        // Its items are requests of the caller each; without any it is one itself.
        if (requests.length === 0) yield* charge(from)
        const { proxy_request_id } = yield* AnswerNotes
        const showItem = (request: ShowBackupRequest) => show(from, request, ["batch", "read"], terms)
        return yield* batchAnswer(requests, showItem, proxy_request_id)
      })
    )
    yield* resource(
      router,
      ["DELETE"],
      "/-/v1/projects/:project_id/backups/:backup_id/cache",
      Effect.gen(function* () {
        const { backup_id = "", project_id = "" } = yield* HttpRouter.params
        yield* gateway.purge(yield* visitor, { project_id, backup_id })
        return HttpServerResponse.empty()
      })
    )
    yield* readable(
      router,
      "/v3/projects",
      Effect.gen(function* () {
        const from = yield* visitor
        const { address, caller } = from
        yield* charge(from)
        const projects = yield* discovered(caller, {
          name: yield* nameSought(yield* requestHead),
          now: yield* DateTime.now,
          address
        })
        return HttpServerResponse.jsonUnsafe({ projects: projects.map(({ id, name }) => ({ id, name })) })
      })
    )
    yield* readable(router, healthPath, health)
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

/** How long the caller waits, and what it accepts. */
const termsOf = Effect.fnUntraced(function* (head: RequestHead): Effect.fn.Return<ShowTerms, Refusal> {
  return {
    directives: RequestDirectives.parse(valuesOf(head, "cache-control")),
    deadline: (yield* Clock.currentTimeMillis) + (yield* timeLimitOf(head))
  }
})

/** The one parameter that discovery takes, as the official SDKs send it. */
const nameSought = ({ target }: RequestHead): Effect.Effect<string | undefined, Refusal> => {
  const mark = target.indexOf("?")
  if (mark < 0) return Effect.succeed(undefined)
  const name = /^name=([A-Za-z0-9_-]{1,64})$/.exec(target.slice(mark + 1))?.[1]
  return name === undefined ? Effect.fail(onlyName) : Effect.succeed(name)
}

const onlyName = new Refusal({ reason: "BadRequest", message: "the call takes one query parameter, a project's name" })
const noParameter = ({ target }: RequestHead): Effect.Effect<void, Refusal> =>
  target.includes("?") ? Effect.fail(unknownParameter) : Effect.void

const unknownParameter = new Refusal({ reason: "BadRequest", message: "the call takes no query parameter" })
const noSuchProblem = new Refusal({ reason: "NoSuchResource", message: "no problem has this name" })
