import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { CurrentExchange, emptyRecord, type ExchangeRecord } from "./ExchangeRecord.ts"
import * as Metrics from "./Metrics.ts"

/**
 * One line in the log for each request, when it has been answered or its
 * caller has left, and one more for each denial. Both are counted. Neither
 * holds what the caller wrote, but for the project's id where that was checked.
 */
export const accessLogged = <E, R>(
  exchange: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    const { method, remoteAddress } = yield* HttpServerRequest.HttpServerRequest
    const record = emptyRecord()
    const start = yield* Clock.currentTimeNanos
    const sinceStart = Effect.map(Clock.currentTimeNanos, (end) => Number(end - start) / 1e6)
    const address = Option.getOrUndefined(remoteAddress)

    return yield* exchange.pipe(
      Effect.provideService(CurrentExchange, record),
      Effect.tap((response) => Effect.flatMap(sinceStart, (total) => answered(method, record, response, total))),
      Effect.onInterrupt(() =>
        Effect.flatMap(sinceStart, (total) =>
          Effect.annotateLogs(Effect.logInfo("the caller left before the answer"), {
            ...known(method, record),
            ms: milliseconds(record, total)
          })
        )
      ),
      Effect.ensuring(Effect.suspend(() => audit(record, address)))
    )
  })

const answered = Effect.fnUntraced(function* (
  method: string,
  record: ExchangeRecord,
  response: HttpServerResponse.HttpServerResponse,
  total: number
) {
  const { headers, status } = response
  // The cloud's 401 is about the proxy's own key, and never reaches a caller as one.
  if (status === 401) record.denials.push({ reason: "Credential" })
  const proxy_request_id = headers["x-cbr-proxy-request-id"]
  const request_id = headers["x-request-id"]
  yield* (status < 500 ? Effect.logInfo("answered") : Effect.logWarning("answered")).pipe(
    Effect.annotateLogs({
      ...(proxy_request_id === undefined ? {} : { proxy_request_id }),
      ...(request_id === undefined ? {} : { request_id }),
      ...known(method, record),
      status,
      bytes: bytesOf(response),
      ms: milliseconds(record, total),
      ...record.failure
    })
  )
  const route = record.route ?? "none"
  yield* Metric.update(
    Metric.withAttributes(Metrics.requests, {
      route,
      status: String(status),
      cache: record.cache ?? "none",
      class: record.caller?.quota_class ?? "none"
    }),
    1
  )
  yield* Metric.update(Metric.withAttributes(Metrics.requestSeconds, { route }), total / 1e3)
})

/** Who was denied what, and why: for the operator alone. */
const audit = (record: ExchangeRecord, address: string | undefined): Effect.Effect<void> =>
  Effect.forEach(
    record.denials,
    ({ project_id, reason, scope }) =>
      Effect.logWarning("denied").pipe(
        Effect.annotateLogs({
          audit: "denied",
          reason,
          ...(record.caller === undefined ? {} : { caller: record.caller.id }),
          ...(address === undefined ? {} : { address }),
          ...(scope === undefined ? {} : { scope }),
          ...(project_id === undefined || !isProjectId.test(project_id) ? {} : { project_id })
        }),
        Effect.andThen(Metric.update(Metric.withAttributes(Metrics.denials, { reason }), 1))
      ),
    { discard: true }
  )

const bytesOf = ({ body }: HttpServerResponse.HttpServerResponse): number =>
  "contentLength" in body ? (body.contentLength ?? 0) : 0

const isProjectId = /^[A-Za-z0-9_-]{1,64}$/

const known = (method: string, { cache, caller, route }: ExchangeRecord) => ({
  ...(caller === undefined ? {} : { caller: caller.id }),
  method,
  ...(route === undefined ? {} : { route }),
  ...(cache === undefined ? {} : { cache })
})

const milliseconds = ({ stages }: ExchangeRecord, total: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries({ total, ...stages }).map(([name, ms]) => [name, Math.round(ms * 1e3) / 1e3]))
