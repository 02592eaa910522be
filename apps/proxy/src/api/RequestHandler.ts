import { randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import type { BufferedResponse } from "../http/BufferedResponse.ts"
import { headOf } from "../http/RequestHead.ts"
import type { RequestRequirements } from "../http/RequestValidation.ts"
import { responseHeaders, noStore } from "../http/ResponseHeaders.ts"
import { accessLog } from "../observability/AccessLog.ts"
import { CurrentRecord } from "../observability/ExchangeAnnotations.ts"
import { keepsSpans, traced } from "../observability/Tracing.ts"
import { internalError, logDefect } from "../problems/Defect.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import * as KeepAliveSequence from "../server/KeepAliveSequence.ts"
import { makeResponseBatcher, writeResponse } from "../server/ResponseBatcher.ts"
import { Listener, type RequestHandler } from "../server/Server.ts"
import { type PendingResponse, Exchange, inEffect, type Reply } from "./Exchange.ts"
import type { Responder } from "./Responder.ts"

/** The function that answers requests, and its inputs. */
export interface RequestHandlerOptions {
  readonly requirements: RequestRequirements
  /** The rules of the configuration in force. */
  readonly rulesNow: () => Context.Context<never>
  readonly answer: Responder
}

/**
 * The handling around every answer: the request's place among those of its connection,
 * and its line in the log. Whatever fails becomes a problem, and every answer
 * gets the proxy's own id. The connection ends after a malformed head, or when
 * the server is draining.
 */
export const makeRequestHandler = ({
  answer,
  requirements,
  rulesNow
}: RequestHandlerOptions): Effect.Effect<RequestHandler, never, Lifecycle | Listener> =>
  Effect.gen(function* () {
    const lifecycle = yield* Lifecycle
    const listener = yield* Listener
    const services = yield* Effect.context<never>()
    const isTraced = yield* keepsSpans
    const log = yield* accessLog
    const forkLog = (defect: unknown) => void Effect.runForkWith(services)(logDefect(defect))
    const write = makeResponseBatcher(forkLog)

    const open = (request: IncomingMessage, response: ServerResponse): Exchange => {
      const head = headOf(request)
      const position = KeepAliveSequence.admit(head, requirements)
      const proxy_request_id = randomUUID()
      const { limits } = requirements
      return new Exchange({ request, response, head, position, limits, rules: rulesNow(), proxy_request_id })
    }

    /** A defect costs the answer to its own request, and no more. */
    const tried = <A>(exchange: Exchange, make: () => A): A | BufferedResponse => {
      try {
        return make()
      } catch (defect) {
        forkLog(defect)
        return exchange.fail(internalError)
      }
    }

    /** Adds the fields that every answer has. */
    const complete = (exchange: Exchange, { fields }: BufferedResponse, closes: boolean): void => {
      for (const field of responseHeaders(exchange.proxy_request_id)) fields.push(field)
      const { rateLimit } = exchange
      if (rateLimit !== undefined) {
        fields.push("ratelimit-policy", rateLimit["ratelimit-policy"], "ratelimit", rateLimit.ratelimit)
      }
      for (const field of exchange.fields) fields.push(field)
      if (closes && !fields.includes("connection")) fields.push("connection", "close")
    }

    /** The contexts of calls that no fiber waits for, by the rules in force. */
    const contexts = new WeakMap<Context.Context<never>, Context.Context<never>>()
    const contextOf = ({ method, proxy_request_id, record, rules }: Exchange) => {
      let made: Context.Context<never> | undefined
      return () => {
        if (made !== undefined) return made
        let common = contexts.get(rules)
        if (common === undefined) {
          common = Context.add(Context.merge(services, rules), References.TracerEnabled, false)
          contexts.set(rules, common)
        }
        const annotations = { ...Context.get(common, References.CurrentLogAnnotations), proxy_request_id, method }
        // Each is an overlay, where a merge would copy all that is in force.
        made = common.pipe(
          Context.add(CurrentRecord, record),
          Context.add(References.CurrentLogAnnotations, annotations)
        )
        return made
      }
    }

    /** Exchanges that began without an Effect, and that an Effect ends. */
    const begun = new WeakMap<IncomingMessage, readonly [Exchange, BufferedResponse | PendingResponse]>()

    const settle = (exchange: Exchange, reply: Reply, rest: () => void): void => {
      const { request, response } = exchange
      if (typeof reply === "function") {
        let isOver = false
        const stop = reply((answer) => {
          isOver = true
          settle(exchange, answer, rest)
        })
        if (isOver) return
        response.on("close", () => {
          if (isOver) return
          stop()
          log.left(exchange)
        })
        return
      }
      if (Effect.isEffect(reply) || lifecycle.isDraining()) {
        begun.set(request, [exchange, reply])
        return rest()
      }
      complete(exchange, reply, exchange.position.isLast)
      if (mayWait(exchange)) write(response, reply)
      else writeResponse(response, reply, forkLog)
      log.answered(exchange, reply)
    }

    const first: RequestHandler["first"] = (request, response, rest) => {
      // A span is made in an Effect alone, and there it is waited for the requests that follow the last.
      if (isTraced || lifecycle.isDraining()) return rest()
      const exchange = open(request, response)
      settle(
        exchange,
        tried(exchange, () => answer(exchange, contextOf(exchange))),
        rest
      )
    }

    /** The response of an exchange, whatever happens on the way. */
    const ended = (exchange: Exchange, reply: PendingResponse) =>
      reply.pipe(
        Effect.updateContext((context: Context.Context<HttpServerRequest.HttpServerRequest | Scope.Scope>) =>
          Context.merge(context, exchange.rules)
        ),
        Effect.catchDefect((defect) => Effect.andThen(logDefect(defect), Effect.fail(internalError))),
        Effect.catch((error) => Effect.sync(() => exchange.fail(error))),
        Effect.provideService(CurrentRecord, exchange.record),
        Effect.annotateLogs({ proxy_request_id: exchange.proxy_request_id, method: exchange.method })
      )

    const rest: RequestHandler["rest"] = Effect.gen(function* () {
      const served = yield* HttpServerRequest.HttpServerRequest
      const request = NodeHttpServerRequest.toIncomingMessage(served) as IncomingMessage
      const response = NodeHttpServerRequest.toServerResponse(served) as ServerResponse
      const known = begun.get(request)
      const exchange = known?.[0] ?? open(request, response)
      const reply =
        known === undefined
          ? Effect.contextWith((context: Context.Context<never>) => inEffect(answer(exchange, () => context)))
          : inEffect(known[1])
      const [ending, closes] = yield* traced(ended(exchange, reply), exchange.record).pipe(
        Effect.flatMap((ending) =>
          exchange.position.isLast
            ? Effect.succeed([ending, true] as const)
            : Effect.map(listener.endsHere, (endsHere) => [ending, endsHere] as const)
        ),
        // The server runs a handler uninterruptible: without this, a call goes on for a caller that has left.
        Effect.interruptible,
        Effect.onInterrupt(() => Effect.sync(() => log.left(exchange)))
      )
      if (HttpServerResponse.isHttpServerResponse(ending)) {
        const own: BufferedResponse = {
          status: ending.status,
          fields: [...noStore],
          body: undefined,
          bytes: 0,
          request_id: undefined
        }
        complete(exchange, own, closes && ending.headers["connection"] === undefined)
        const { body, headers, status } = ending
        const bytes = "contentLength" in body ? (body.contentLength ?? 0) : 0
        log.answered(exchange, { status, bytes, request_id: headers["x-request-id"] })
        return HttpServerResponse.setHeaders(ending, { ...recordOf(own.fields), ...headers })
      }
      complete(exchange, ending, closes)
      log.answered(exchange, ending)
      writeResponse(response, ending, forkLog)
      // It is written already, and so the server writes nothing.
      return HttpServerResponse.empty()
    })
    return { first, rest } satisfies RequestHandler
  })

/** Whether an answer may wait for the others of its turn: what comes behind its head cannot break, and is not to be read. */
const mayWait = ({ method, position }: Exchange): boolean => !position.isLast && (method === "GET" || method === "HEAD")

const recordOf = (fields: ReadonlyArray<string>): Record<string, string> => {
  const record: Record<string, string> = {}
  for (let index = 0; index < fields.length; index += 2) record[fields[index]!] = fields[index + 1]!
  return record
}
