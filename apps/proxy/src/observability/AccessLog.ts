import { omitUndefined } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { answerReport, known, rounded } from "./AnswerReport.ts"
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
          const answer = { status, bytes: bytesOf(response), proxy_request_id, request_id: headers["x-request-id"] }
          return Effect.map(answerReport, (report) => report(method, record, answer, total))
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
          ...omitUndefined({ proxy_request_id }),
          reason,
          ...(record.caller === undefined ? {} : { caller: record.caller.id }),
          ...omitUndefined({ address, scope }),
          ...(project_id === undefined || !isProjectId.test(project_id) ? {} : { project_id })
        }),
        Effect.andThen(Metric.update(Metrics.denials[reason], 1))
      ),
    { discard: true }
  )

const bytesOf = ({ body }: HttpServerResponse.HttpServerResponse): number =>
  "contentLength" in body ? (body.contentLength ?? 0) : 0

const isProjectId = /^[A-Za-z0-9_-]{1,64}$/

const milliseconds = ({ stages }: ExchangeRecord, total: number): Readonly<Record<string, number>> => {
  const milliseconds: Record<string, number> = { total: rounded(total) }
  for (const name of Object.keys(stages)) milliseconds[name] = rounded(stages[name]!)
  return milliseconds
}
