import { randomUUID } from "node:crypto"
import { isShowBackupRequest, type ShowBackupRequest } from "@cbr/domain"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { LRUCache } from "lru-cache"
import { wireAnswerOf } from "../cache/BackupAnswer.ts"
import { cacheResults } from "../cache/CacheMetrics.ts"
import { resultOf } from "../cache/CacheStatus.ts"
import * as RequestDirectives from "../cache/RequestDirectives.ts"
import { Callers } from "../callers/Callers.ts"
import { credentialOf } from "../callers/PresentedCredential.ts"
import { QuotaLimits } from "../callers/Quotas.ts"
import { Gateway } from "../gateway/Gateway.ts"
import { answerFields } from "../http/AnswerFields.ts"
import type { HeadRules } from "../http/HeadRules.ts"
import { headOf, type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { offerOf } from "../live/Offer.ts"
import { answerReport } from "../observability/AnswerReport.ts"
import { emptyRecord } from "../observability/ExchangeRecord.ts"
import { keepsSpans } from "../observability/Tracing.ts"
import { CachePolicy } from "../policy/CachePolicy.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import { answerBatch } from "../server/AnswerBatch.ts"
import type { Shortcut } from "../server/Shortcut.ts"
import * as Turn from "../server/Turn.ts"
import type { Generation } from "../snapshot/Generation.ts"
import { Generations } from "../snapshot/Generations.ts"
import { backupRoute } from "./Routes.ts"

/**
 * Answers what is a fresh hit, and needs nothing else, in one synchronous step
 * ahead of the router; what is left for the end of the turn is the writing. It
 * decides by the same rules, rights, cache and quotas, in the same order, and
 * writes the same bytes, log line and metrics as the routes do. Whatever is not
 * plainly a hit is left to them, and until that is decided nothing has been
 * taken, counted or written.
 */
export const hitPath = (
  rules: HeadRules
): Effect.Effect<Shortcut, never, Callers | Gateway | Generations | Lifecycle | Scope.Scope> =>
  Effect.gen(function* () {
    const callers = yield* Callers
    const gateway = yield* Gateway
    const generations = yield* Generations
    const lifecycle = yield* Lifecycle
    const clock = yield* Clock.Clock
    const services = yield* Effect.context<never>()
    const report = yield* answerReport
    const write = answerBatch((defect) => {
      Effect.runForkWith(services)(Effect.logError("a defect of the proxy", Cause.die(defect)))
    })
    // A span is made by the routes alone.
    if (yield* keepsSpans) return leave

    const inForce = new WeakMap<Generation, RulesInForce>()
    const rulesOf = (generation: Generation): RulesInForce => {
      let found = inForce.get(generation)
      if (found === undefined) {
        const context = Context.merge(services, generation.rules)
        found = { cache: Context.get(context, CachePolicy), quotas: Context.get(context, QuotaLimits) }
        inForce.set(generation, found)
      }
      return found
    }

    const answer: Shortcut = (request, response) => {
      if (request.method !== "GET") return false
      const target = request.url ?? ""
      const known = targets.get(target)
      const sought = known ?? soughtBy(target)
      if (sought === undefined || lifecycle.isDraining()) return false
      const start = performance.now()
      const head = headOf(request)
      if (isUnusual(head)) return false
      const turn = Turn.turnOf(head, rules)
      if (turn.refusal !== undefined) return false

      const credential = credentialOf(head)
      if (Result.isFailure(credential)) return false
      const now = momentOf(clock.currentTimeMillisUnsafe())
      const presented = performance.now()
      const caller = callers.authenticateNow(credential.success, now)
      if (caller === undefined) return false
      const authenticated = performance.now()

      const { cache, quotas } = rulesOf(generations.now())
      const directives = RequestDirectives.parse(valuesOf(head, "cache-control"))
      const visitor = { caller, address: request.socket.remoteAddress }
      const hit = gateway.hit(visitor, sought, directives, now, cache)
      if (hit === undefined) return false
      const wire = wireAnswerOf(head, hit.entry, { status: hit.status, at: now.epochMilliseconds })
      if (wire === undefined) return false
      const rateLimit = gateway.takeNow(caller, quotas, now)
      if (rateLimit === "Ask") return false

      Turn.take(head, turn)
      const proxy_request_id = randomUUID()
      const { fields } = wire
      fields.push("x-cbr-proxy-request-id", proxy_request_id, "x-content-type-options", nosniff)
      if (rateLimit !== undefined) {
        fields.push("ratelimit-policy", rateLimit["ratelimit-policy"], "ratelimit", rateLimit.ratelimit)
      }
      const offer = offerOf(gateway, visitor, sought, now)
      if (offer !== undefined) fields.push("link", offer.link)
      if (turn.isLast) fields.push("connection", "close")
      write(response, wire)
      if (known === undefined) targets.set(target, sought)

      const record = emptyRecord()
      record.caller = caller
      record.route = backupRoute
      record.cache = resultOf(hit.status)
      record.stages["authenticate"] = authenticated - presented
      cacheResults[resultOf(hit.status)].updateUnsafe(1, services)
      report(
        "GET",
        record,
        { status: wire.status, bytes: wire.bytes, proxy_request_id, request_id: hit.entry.request_id },
        performance.now() - start
      )
      return true
    }
    return answer
  })

const leave: Shortcut = () => false

interface RulesInForce {
  readonly cache: CachePolicy
  readonly quotas: QuotaLimits
}

/** What paths that were answered ask for: most come again, and what is known by one object is looked up faster. */
const targets = new LRUCache<string, ShowBackupRequest>({ max: 4_096 })

/** What the drop-in route's path asks for. */
const soughtBy = (target: string): ShowBackupRequest | undefined => {
  if (!target.startsWith(before)) return undefined
  const end = target.indexOf("/", before.length)
  if (end < 0 || !target.startsWith(between, end)) return undefined
  const sought = { project_id: target.slice(before.length, end), backup_id: target.slice(end + between.length) }
  return isShowBackupRequest(sought) ? sought : undefined
}

const before = "/v3/"
const between = "/backups/"

let latest = DateTime.makeUnsafe(0)

/** Many requests come in one millisecond. */
const momentOf = (milliseconds: number): DateTime.Utc => {
  if (latest.epochMilliseconds !== milliseconds) latest = DateTime.makeUnsafe(milliseconds)
  return latest
}

/** Of the fields of every answer, those that a hit has no value of its own for. */
const nosniff = answerFields("")["x-content-type-options"]

/** Fields that ask for more than a hit has, or bring a body. */
const unusual: ReadonlySet<string> = new Set([
  "content-length",
  "expect",
  "prefer",
  "range",
  "transfer-encoding",
  "upgrade",
  "x-cbr-timeout-ms",
  "x-envoy-expected-rq-timeout-ms"
])

const isUnusual = ({ fields }: RequestHead): boolean => {
  for (const field of fields) if (unusual.has(field[0])) return true
  return false
}
