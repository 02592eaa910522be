import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
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
    let proxy_request_id: string | undefined

    return yield* exchange.pipe(
      Effect.provideService(CurrentExchange, record),
      Effect.tap((response) =>
        Effect.flatMap(sinceStart, (total) => {
          // The cloud's 401 is about the proxy's own key, and never reaches a caller as one.
          if (response.status === 401) record.denials.push({ reason: "Credential" })
          const { headers, status } = response
          proxy_request_id = headers["x-cbr-proxy-request-id"]
          return answered(method, record, { status, headers, bytes: bytesOf(response) }, total)
        })
      ),
      Effect.onInterrupt(() =>
        Effect.flatMap(sinceStart, (total) =>
          Effect.annotateLogs(Effect.logInfo("the caller left before the answer"), {
            ...known(method, record),
            ms: milliseconds(record, total)
          })
        )
      ),
      Effect.ensuring(Effect.suspend(() => audit(record, { address, proxy_request_id })))
    )
  })

/** What the log tells of an answer. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Of the body. */
  readonly bytes: number
}

/**
 * The line of an answered request, and its part of the metrics.
 *
 * @param total milliseconds from the head to the answer
 */
export const answered = (
  method: string,
  record: ExchangeRecord,
  { bytes, headers, status }: Answer,
  total: number
): Effect.Effect<void> => {
  const line: Record<string, unknown> = {}
  const proxy_request_id = headers["x-cbr-proxy-request-id"]
  if (proxy_request_id !== undefined) line["proxy_request_id"] = proxy_request_id
  const request_id = headers["x-request-id"]
  if (request_id !== undefined) line["request_id"] = request_id
  Object.assign(line, known(method, record))
  line["status"] = status
  line["bytes"] = bytes
  line["ms"] = milliseconds(record, total)
  if (record.failure !== undefined) Object.assign(line, record.failure)
  const { seconds, times } = seriesOf(record, status)
  return Effect.andThen(
    Effect.annotateLogs(status < 500 ? info : warning, line),
    Effect.contextWith((context: Context.Context<never>) => {
      times.updateUnsafe(1, context)
      seconds.updateUnsafe(total / 1e3, context)
      return Effect.void
    })
  )
}

const info = Effect.logInfo("answered")
const warning = Effect.logWarning("answered")

/** Made once for each that occurs: there are few, since no label holds what a caller wrote. */
const series = new Map<string, { readonly times: Metric.Counter<number>; readonly seconds: Metric.Histogram<number> }>()

const seriesOf = ({ cache = "none", caller, route = "none" }: ExchangeRecord, status: number) => {
  const quota_class = caller?.quota_class ?? "none"
  const key = `${status} ${cache} ${route} ${quota_class}`
  let found = series.get(key)
  if (found === undefined) {
    found = {
      times: Metric.withAttributes(Metrics.requests, { route, status: String(status), cache, class: quota_class }),
      seconds: Metric.withAttributes(Metrics.requestSeconds, { route })
    }
    series.set(key, found)
  }
  return found
}

/** Who was denied what, and why: for the operator alone. */
interface Asked {
  readonly address: string | undefined
  /** As the answer has it, if there was one. */
  readonly proxy_request_id: string | undefined
}

const audit = (record: ExchangeRecord, { address, proxy_request_id }: Asked): Effect.Effect<void> =>
  Effect.forEach(
    record.denials,
    ({ project_id, reason, scope }) =>
      Effect.logWarning("denied").pipe(
        Effect.annotateLogs({
          audit: "denied",
          ...(proxy_request_id === undefined ? {} : { proxy_request_id }),
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

const known = (method: string, { cache, caller, route }: ExchangeRecord): Readonly<Record<string, string>> => {
  const known: Record<string, string> = {}
  if (caller !== undefined) known["caller"] = caller.id
  known["method"] = method
  if (route !== undefined) known["route"] = route
  if (cache !== undefined) known["cache"] = cache
  return known
}

const milliseconds = ({ stages }: ExchangeRecord, total: number): Readonly<Record<string, number>> => {
  const rounded: Record<string, number> = { total: microseconds(total) }
  for (const name of Object.keys(stages)) rounded[name] = microseconds(stages[name]!)
  return rounded
}

/** To three digits. */
const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1e3) / 1e3
