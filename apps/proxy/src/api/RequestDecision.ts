import { isShowBackupRequest, type ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { HttpServerError } from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import { LRUCache } from "lru-cache"
import type { BackupCache, CachedDecision } from "../cache/BackupCache.ts"
import * as CacheControl from "../cache/CacheControl.ts"
import type { CachedRequest } from "../cache/CacheKey.ts"
import { isSigned, type RequestCredential, requestCredential } from "../callers/RequestCredential.ts"
import { forbidden, lookupOf, type BackupAccess, type RequestTerms, type Requester } from "../gateway/BackupAccess.ts"
import { declaresEmptyJsonBody, readEmptyJsonBody } from "../http/EmptyJsonBody.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import type { Denial } from "../observability/ExchangeAnnotations.ts"
import { CachePolicy } from "../policy/CachePolicy.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { deadlineOf } from "../policy/RequestDeadline.ts"
import { failureOf, hasEnded } from "../problems/EndedEffect.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { Caller } from "../rights/Caller.ts"
import { readBody } from "./BatchRequest.ts"
import { listRequestOf } from "./ListQuery.ts"
import { find, type Found, noSuchResource, type Route } from "./RouteTable.ts"

/** A request, and what is known of it by now. */
export interface DecisionInput {
  readonly head: RequestHead
  /** The peer's address, as the socket knows it. */
  readonly address: string | undefined
  /** Why it is not served, whichever caller sent it. */
  readonly refusal: ProxyError | undefined
  /** The rules in force when it came. */
  readonly rules: Context.Context<never>
  /** Milliseconds by stage; authentication is noted here. */
  readonly stages: Record<string, number>
  /** Whether the body that a GET announced has come. */
  readonly isWhole?: boolean
  /** Of a POST that is signed, once it has been read. */
  readonly body?: Uint8Array
  /** The caller, or why it is not known, once it has been authenticated. */
  readonly sender?: Exit.Exit<Caller, ProxyError>
}

/** The caller of a request, and the credential that it showed. */
export interface Sender extends Requester {
  readonly presented: RequestCredential
}

/** The decision about a request; and its route and its sender, as far as they are known. */
export type Decision = {
  readonly found?: Found | undefined
  readonly sender?: Sender | undefined
} & (
  | {
      readonly _tag: "Refuse"
      readonly error: ProxyError
      /** The quota that is charged: the caller's, the address's, or none. */
      readonly pays?: "caller" | "address" | undefined
      /** Set where a right was lacking. */
      readonly denial?: Denial | undefined
    }
  /** A backup, or a page of the list, of which the cache knows what it comes to: bytes that are here, a call under a key, or a refusal. */
  | {
      readonly _tag: "Show"
      readonly sender: Sender
      readonly request: CachedRequest
      readonly terms: RequestTerms
      readonly cached: CachedDecision
    }
  /** Anything else: its route answers. */
  | { readonly _tag: "Enter"; readonly found: Found; readonly route: Route }
  /** Its body or its caller must be waited for; then it is decided again. */
  | {
      readonly _tag: "Wait"
      readonly asked: Effect.Effect<DecisionInput, ProxyError | HttpServerError, HttpServerRequest.HttpServerRequest>
    }
)

/** The services that decisions depend on. */
export interface DecisionOptions {
  readonly access: BackupAccess["Service"]
  readonly backups: Pick<BackupCache["Service"], "decide">
  /** Authenticates the credential that a request shows: an `Exit`, where no issuer and no store must be asked. */
  readonly authenticate: (
    presented: RequestCredential,
    asked: DecisionInput,
    now: DateTime.Utc
  ) => Effect.Effect<Caller, ProxyError>
}

/**
 * Decides what becomes of a request, from what is here: its head, the
 * configuration in force, and what this process knows. It waits for nothing
 * and changes nothing; whatever follows is for the exchange to carry out.
 */
export type Decide = (asked: DecisionInput, now: DateTime.Utc) => Decision

export const makeDecide = ({ access, authenticate, backups }: DecisionOptions): Decide => {
  /** Decides a request of a known caller. */
  const decideFor = (asked: DecisionInput, found: Found, route: Route, sender: Sender, now: DateTime.Utc): Decision => {
    const { head, rules } = asked
    const { params } = found
    if (route.isWithoutQuery && head.target.includes("?")) {
      return { _tag: "Refuse", found, sender, error: unknownParameter, pays: "caller" }
    }
    if (params["project_id"] === undefined) {
      const scope = route.scopes.find((scope) => !sender.caller.scopes.has(scope))
      return scope === undefined
        ? { _tag: "Enter", found, sender, route }
        : denied(found, sender, { reason: "Scope", scope })
    }
    const wanted = wantedOf(route, head.target, found)
    const terms = wanted === undefined ? undefined : termsOf(head, rules, now)
    const unread = failureIn(wanted) ?? failureIn(terms)
    if (unread !== undefined) return { _tag: "Refuse", found, sender, error: unread, pays: "caller" }
    const admission = access.admit(sender, params["project_id"], route.scopes, now)
    if (admission.denial !== undefined) return denied(found, sender, admission.denial)
    if (wanted === undefined || terms === undefined || Exit.isFailure(wanted) || Exit.isFailure(terms)) {
      return { _tag: "Enter", found, sender, route }
    }
    const request = wanted.value
    const policy = Context.get(rules, CachePolicy)
    const cached = backups.decide(lookupOf(sender, admission, request, terms.value), now.epochMilliseconds, policy)
    return { _tag: "Show", found, sender, request, terms: terms.value, cached }
  }

  return (asked, now) => {
    const { address, body, head, refusal } = asked
    if (refusal !== undefined) return { _tag: "Refuse", error: refusal }
    if (asked.isWhole !== true && declaresEmptyJsonBody(head)) {
      return { _tag: "Wait", asked: Effect.as(readEmptyJsonBody, { ...asked, isWhole: true }) }
    }
    const found = targets.get(head.target) ?? find(head.target)
    if (found === undefined) return { _tag: "Refuse", error: noSuchResource }
    const route = found.resource.methods.get(head.method)
    if (route === undefined) return { _tag: "Refuse", found, error: found.resource.methodNotAllowed }
    if (!route.isProtected) return { _tag: "Enter", found, route }
    if (route.hasBody && body === undefined && isSigned(head)) {
      const read = readBody(head, Context.get(asked.rules, LimitsPolicy))
      return { _tag: "Wait", found, asked: Effect.map(read, (body) => ({ ...asked, body })) }
    }
    const presented = requestCredential(head, body)
    if (Exit.isFailure(presented)) return { _tag: "Refuse", found, error: failureOf(presented) }
    const caller = asked.sender ?? authenticate(presented.value, asked, now)
    if (!hasEnded(caller)) {
      return { _tag: "Wait", found, asked: Effect.map(Effect.exit(caller), (sender) => ({ ...asked, sender })) }
    }
    if (Exit.isFailure(caller)) return unknownSender(found, failureOf(caller))
    return decideFor(asked, found, route, { caller: caller.value, address, presented: presented.value }, now)
  }
}

/** The routes and requests of targets of cached backups: most come again, and one object is looked up faster. */
const targets = new LRUCache<string, Found & { readonly request: ShowBackupRequest }>({ max: 4_096 })

/** Remembers the target of a request that was answered from the cache. */
export const remember = (head: RequestHead, found: Found, request: ShowBackupRequest): void => {
  if (found.request === undefined && isShowBackupRequest(request)) targets.set(head.target, { ...found, request })
}

/** The request to the cache; `undefined` for a route that does not use the cache. */
const wantedOf = (
  { name }: Route,
  target: string,
  { params, request }: Found
): Exit.Exit<CachedRequest, ProxyError> | undefined => {
  if (name === "showBackup") {
    const { backup_id = "", project_id = "" } = params
    return Exit.succeed(request ?? { project_id, backup_id })
  }
  return name === "listBackups" ? listRequestOf(target, params["project_id"] ?? "") : undefined
}

const failureIn = (read: Exit.Exit<unknown, ProxyError> | undefined): ProxyError | undefined =>
  read !== undefined && Exit.isFailure(read) ? failureOf(read) : undefined

/** Reads the caller's deadline and directives. */
export const termsOf = (
  head: RequestHead,
  rules: Context.Context<never>,
  now: DateTime.Utc
): Exit.Exit<RequestTerms, ProxyError> =>
  Exit.map(deadlineOf(head, Context.get(rules, LimitsPolicy)), (limit) => ({
    directives: CacheControl.parse(valuesOf(head, "cache-control")),
    deadline: now.epochMilliseconds + limit,
    limit
  }))

/** A wrong credential costs its address; a request that shows none, or two at once, is no try of one. */
const unknownSender = (found: Found, error: ProxyError): Decision => ({
  _tag: "Refuse",
  found,
  error,
  pays: error.reason === "Unauthenticated" ? "address" : undefined
})

/** A denial costs what a permitted request costs, so that no caller fills the log with denials. */
const denied = (found: Found, sender: Sender, denial: Denial): Decision => ({
  _tag: "Refuse",
  found,
  sender,
  error: forbidden,
  pays: "caller",
  denial
})

const unknownParameter = new ProxyError({ reason: "BadRequest", message: "the call takes no query parameter" })
