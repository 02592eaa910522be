import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Metric from "effect/Metric"
import * as References from "effect/References"
import type { ExchangeAnnotations } from "./ExchangeAnnotations.ts"
import { jsonLine } from "./JsonLogger.ts"
import { LogOutput } from "./LogOutput.ts"
import * as Metrics from "./Metrics.ts"

/** What the log tells of an answer. */
export interface Answer {
  readonly status: number
  /** Of the body. */
  readonly bytes: number
  readonly proxy_request_id: string | undefined
  /** The cloud's id of its own answer. */
  readonly request_id: string | undefined
}

/**
 * Writes the line of an answered request, and counts it.
 *
 * @param total milliseconds from the head to the answer
 */
export type AnswerReport = (method: string, record: ExchangeAnnotations, answer: Answer, total: number) => void

/**
 * Reports in the name of the fiber that this runs in. The lines are those of
 * `Effect.logInfo("answered")`, or `logWarning` from status 500 on, put
 * together from texts of which most are made once.
 */
export const answerReport: Effect.Effect<AnswerReport> = Effect.withFiber(({ context, id }) =>
  Effect.succeed(reportIn(context, id))
)

const reportIn = (context: Context.Context<never>, fiberId: number): AnswerReport => {
  const clock = Context.get(context, Clock.Clock)
  const write = Context.get(context, LogOutput)
  const shared = fieldsOf(Context.get(context, References.CurrentLogAnnotations))
  // A comma before each field but the first: taken off the whole, it would have all of it copied.
  const first = shared === "" ? '"proxy_request_id":"' : `${shared.slice(1)},"proxy_request_id":"`

  return (method, record, { bytes, proxy_request_id, request_id, status }, total) => {
    const { known, seconds, times } = seriesOf(method, record, status)
    let fields = proxy_request_id === undefined ? shared : `${first}${proxy_request_id}"`
    if (request_id !== undefined) fields += `,"request_id":${JSON.stringify(request_id)}`
    fields += `${known},"status":${status},"bytes":${bytes},"ms":{${millisecondsOf(record, total)}}`
    if (record.failure !== undefined) fields += fieldsOf(record.failure)
    const level = status < 500 ? "INFO" : "WARN"
    const written = proxy_request_id === undefined ? fields.slice(1) : fields
    write(jsonLine('"answered"', level, clock.currentTimeMillisUnsafe(), written, fiberId))
    times.updateUnsafe(1, context)
    seconds.updateUnsafe(total / 1e3, context)
  }
}

/** What the answers have in common that differ in nothing but times, sizes and ids. */
interface Series {
  readonly method: string
  readonly status: number
  readonly cache: string | undefined
  readonly route: string | undefined
  readonly times: Metric.Counter<number>
  readonly seconds: Metric.Histogram<number>
  /** Whose they are, and for what. */
  readonly known: string
}

/** Made once for each that occurs: there are few for a caller, since nothing here is what a caller wrote. */
const series = new WeakMap<object, { readonly byKey: Map<string, Series>; last: Series | undefined }>()
const noCaller = {}

const seriesOf = (method: string, record: ExchangeAnnotations, status: number): Series => {
  const { cache, caller, route } = record
  const owner = caller ?? noCaller
  let own = series.get(owner)
  if (own === undefined) series.set(owner, (own = { byKey: new Map(), last: undefined }))
  const { byKey, last } = own
  // Most are as the one before.
  if (last?.status === status && last.cache === cache && last.route === route && last.method === method) return last
  const key = JSON.stringify([status, method, cache, route])
  let found = byKey.get(key)
  if (found === undefined) {
    const labels = {
      route: route ?? "none",
      status: String(status),
      cache: cache ?? "none",
      class: caller?.quota_class ?? "none"
    }
    found = {
      method,
      status,
      cache,
      route,
      times: Metrics.requests(labels),
      seconds: Metrics.requestSeconds({ route: labels.route }),
      known: fieldsOf(known(method, record))
    }
    byKey.set(key, found)
  }
  return (own.last = found)
}

/** As fields of a JSON object, a comma before each. */
const fieldsOf = (fields: Readonly<Record<string, unknown>>): string => {
  const text = JSON.stringify(fields).slice(1, -1)
  return text === "" ? "" : `,${text}`
}

/** What there is to tell before there is an answer. */
export const known = (
  method: string,
  { cache, caller, route }: ExchangeAnnotations
): Readonly<Record<string, string>> => ({
  ...(caller === undefined ? {} : { caller: caller.id }),
  method,
  ...(route === undefined ? {} : { route }),
  ...(cache === undefined ? {} : { cache })
})

const millisecondsOf = ({ stages }: ExchangeAnnotations, total: number): string => {
  let text = `"total":${rounded(total)}`
  for (const name of Object.keys(stages)) text += `,"${name}":${rounded(stages[name]!)}`
  return text
}

/** Milliseconds to three digits. */
export const rounded = (milliseconds: number): number => Math.round(milliseconds * 1e3) / 1e3
