import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { BackupCache } from "../cache/BackupCache.ts"
import { backupResponse } from "../cache/BackupResponse.ts"
import { isListRequest } from "../cache/CacheKey.ts"
import type { CacheResult } from "../cache/CacheResult.ts"
import { fieldOf, labelOf } from "../cache/CacheStatus.ts"
import { Authenticator } from "../callers/Authenticator.ts"
import { QuotaLimits, RateLimits } from "../callers/RateLimits.ts"
import { ReplayOfReads, rejectReplay } from "../callers/ReplayProtection.ts"
import { forbidden, BackupAccess } from "../gateway/BackupAccess.ts"
import type { BufferedResponse } from "../http/BufferedResponse.ts"
import type { FleetDigests } from "../live/FleetDigests.ts"
import { LiveEndpoints } from "../live/LiveEndpoints.ts"
import { preferredWait } from "../live/LongPoll.ts"
import { monitorLink, watchesBackup } from "../live/MonitorLink.ts"
import { CachePolicy } from "../policy/CachePolicy.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { failureOf, hasEnded } from "../problems/EndedEffect.ts"
import { credentialProblem } from "../rights/Authorization.ts"
import { Store } from "../store/Store.ts"
import { type PendingResponse, type Exchange, type ExchangeError, inEffect, type Reply } from "./Exchange.ts"
import {
  type DecisionInput,
  type Decision,
  type DecisionOptions,
  makeDecide,
  remember,
  termsOf
} from "./RequestDecision.ts"
import { makeRouteHandlers } from "./RouteHandlers.ts"
import type { CachedCall, CallName, PageName } from "./RouteTable.ts"

/**
 * Carries the decision about a request out: charges its quota, answers from the
 * cache or by a call to the cloud, and leaves all else to its route.
 *
 * @param context the context in which a call runs
 */
export type Responder = (exchange: Exchange, context: () => Context.Context<never>) => Reply

export const makeResponder: Effect.Effect<
  Responder,
  never,
  BackupCache | Authenticator | FleetDigests | BackupAccess | LiveEndpoints | RateLimits | Scope.Scope | Store
> = Effect.gen(function* () {
  const backups = yield* BackupCache
  const authenticator = yield* Authenticator
  const clock = yield* Clock.Clock
  const access = yield* BackupAccess
  const live = yield* LiveEndpoints
  const rateLimits = yield* RateLimits
  const routes = yield* makeRouteHandlers
  const store = yield* Store
  const moment = momentsOf(clock)

  /** Authenticates a credential; a signature that is good once is used up by it. */
  const authenticate: DecisionOptions["authenticate"] = (presented, { address, rules, stages }, now) => {
    const start = performance.now()
    const noted = () => void (stages["authenticate"] = performance.now() - start)
    const known = authenticator.authenticate(presented, now)
    const passed =
      presented._tag !== "SdkSignature"
        ? known
        : Effect.flatMapEager(known, (caller) => {
            // An expired or misplaced credential opens nothing, and takes nothing from the quota of its caller.
            if (credentialProblem(caller, { address, now }) !== undefined) return Effect.succeed(caller)
            const permit = Effect.suspend(() =>
              rateLimits.takeForSignature(caller, Context.get(rules, QuotaLimits), clock.currentTimeMillisUnsafe())
            )
            const used = rejectReplay(store, presented, Context.get(rules, ReplayOfReads), permit)
            return Effect.mapEager(used, () => caller)
          })
    if (!hasEnded(passed)) return Effect.ensuring(passed, Effect.sync(noted))
    noted()
    return passed
  }
  const decide = makeDecide({ access, backups, authenticate })

  /** Goes on with what is known at once, or in the Effect that brings it. */
  const after = <A>(exchange: Exchange, effect: Effect.Effect<A, ExchangeError>, next: (a: A) => Reply): Reply => {
    if (!hasEnded(effect)) return Effect.flatMap(effect, (a) => inEffect(next(a)))
    return Exit.isSuccess(effect) ? next(effect.value) : exchange.fail(failureOf(effect))
  }

  /** Answers with a backup, a list or a problem; or waits until the backup differs from the one that the caller has. */
  const answerWith = (
    exchange: Exchange,
    { found, request, sender }: Extract<Decision, { _tag: "Show" }>,
    shown: CacheResult,
    now: DateTime.Utc
  ): BufferedResponse | PendingResponse => {
    const { fields, head, record, rules } = exchange
    const { outcome, status } = shown
    record.cache = labelOf(status)
    if (outcome._tag === "Failure") {
      fields.push("cache-status", fieldOf(status))
      return exchange.fail(outcome.failure)
    }
    const entry = outcome.success
    const foreign = access.foreignProject(sender, request.project_id, entry.projects, now)
    if (foreign !== undefined) {
      record.denials.push({ reason: "Project", scope: "list", project_id: foreign })
      return exchange.fail(forbidden)
    }
    const link = monitorLink(access, sender, request, now)
    if (link !== undefined) fields.push("link", link)
    if (isListRequest(request)) return backupResponse(head, entry, shown, backups.store)
    if (status.hit && found !== undefined) remember(head, found, request)
    const answer = backupResponse(head, entry, shown, backups.store)
    if (answer.status !== 304) return answer
    const wait = preferredWait(head, Context.get(rules, LimitsPolicy), Context.get(rules, LivePolicy))
    if (wait === undefined || link === undefined) return answer
    const { proxy_request_id } = exchange
    const subscriber = { ...sender, project_id: request.project_id, scopes: watchesBackup }
    return Effect.gen(function* () {
      const waited = yield* live.waited({ head, proxy_request_id, subscriber, request }, entry, wait)
      if (waited !== "moved") {
        fields.push("preference-applied", waited.applied)
        return backupResponse(head, waited.entry, waited.shown, backups.store)
      }
      // The first deadline may have passed during the wait.
      const again = yield* access.show(sender, request, ["read"], yield* termsOf(head, rules, moment()))
      exchange.rateLimit = again.rateLimit
      const latest = yield* again.shown
      return backupResponse(head, yield* Effect.fromResult(latest.outcome), latest, backups.store)
    }).pipe(Effect.tapError(() => Effect.sync(() => fields.push("cache-status", fieldOf(status)))))
  }

  /** Does what is decided of a request. */
  const carryOut = (exchange: Exchange, asked: DecisionInput, context: () => Context.Context<never>): Reply => {
    const { record, rules } = exchange
    const now = moment()
    const decision = decide(asked, now)
    const { found, sender } = decision
    record.route = found?.resource.template
    record.caller = sender?.caller
    const limits = Context.get(rules, QuotaLimits)
    switch (decision._tag) {
      case "Wait":
        return Effect.flatMap(decision.asked, (next) => inEffect(carryOut(exchange, next, context)))
      case "Refuse": {
        const { denial, error, pays } = decision
        if (pays === undefined) return exchange.fail(error)
        if (pays === "address" || sender === undefined) {
          const paid = rateLimits.chargeFailedSignIn(exchange.address, limits, now.epochMilliseconds)
          return after(exchange, paid, () => exchange.fail(error))
        }
        return after(exchange, access.charge(sender, limits, now), (rateLimit) => {
          if (denial === undefined) exchange.rateLimit = rateLimit
          else record.denials.push(denial)
          return exchange.fail(error)
        })
      }
      case "Enter": {
        const { params } = decision.found
        const { body } = asked
        if (sender === undefined) return routes[decision.route.name as PageName]({ exchange, params })
        const name = decision.route.name as CallRouteName
        if (!decision.route.isCharged) return routes[name]({ exchange, params, sender, body })
        return after(exchange, access.charge(sender, limits, now), (rateLimit) => {
          exchange.rateLimit = rateLimit
          return routes[name]({ exchange, params, sender, body })
        })
      }
      case "Show": {
        const paid = access.charge(decision.sender, limits, now)
        const isPaid = hasEnded(paid)
        return after(exchange, paid, (rateLimit) => {
          exchange.rateLimit = rateLimit
          const at = isPaid ? now.epochMilliseconds : clock.currentTimeMillisUnsafe()
          // Another request may have fetched it while the quota was asked for.
          const cached = isPaid ? decision.cached : backups.decide(decision.cached.lookup, at, policyIn(rules))
          const shown = backups.carryOut(cached, at, context)
          return typeof shown === "function"
            ? (done) => shown((shown) => done(orDie(() => answerWith(exchange, decision, shown, moment()))))
            : answerWith(exchange, decision, shown, isPaid ? now : moment())
        })
      }
    }
  }

  return (exchange, context) => {
    const { address, head, record, rules, position } = exchange
    const asked = { head, address, refusal: position.error, rules, stages: record.stages }
    return carryOut(exchange, asked, context)
  }
})

/** A callback cannot throw, so a defect is passed on in an Effect. */
const orDie = (make: () => BufferedResponse | PendingResponse): BufferedResponse | PendingResponse => {
  try {
    return make()
  } catch (defect) {
    return Effect.die(defect)
  }
}

type CallRouteName = Exclude<CallName, CachedCall>

const policyIn = (rules: Context.Context<never>) => Context.get(rules, CachePolicy)

/** Many requests come in one millisecond. */
const momentsOf = (clock: Clock.Clock) => {
  let latest = DateTime.makeUnsafe(0)
  return (): DateTime.Utc => {
    const now = clock.currentTimeMillisUnsafe()
    if (latest.epochMilliseconds !== now) latest = DateTime.makeUnsafe(now)
    return latest
  }
}
