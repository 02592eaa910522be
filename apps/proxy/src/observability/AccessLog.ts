import * as Effect from "effect/Effect"
import type * as Metric from "effect/Metric"
import { metricContext } from "./Counters.ts"
import type { ExchangeAnnotations } from "./ExchangeAnnotations.ts"
import { lineWriter } from "./LogOutput.ts"
import * as Metrics from "./Metrics.ts"

/** A request, for its lines in the log. */
export interface Logged {
  readonly method: string
  readonly address: string | undefined
  /** The proxy's own id of the exchange. */
  readonly proxy_request_id: string
  /** Its moment by `performance.now()`. */
  readonly start: number
  readonly record: ExchangeAnnotations
}

/** An answer, for its line in the log. */
export interface Answer {
  readonly status: number
  /** The body's size; a HEAD is answered without the body. */
  readonly bytes: number
  /** The cloud's id of its own answer. */
  readonly request_id: string | undefined
}

/**
 * One line in the log for each request, when it has been answered or its
 * caller has left, and one more for each denial. Both are counted. Neither
 * holds a text of the caller's, but for a project's id that is well formed.
 */
export interface AccessLog {
  readonly answered: (request: Logged, answer: Answer) => void
  readonly left: (request: Logged) => void
}

/**
 * Logs in the name of the current fiber. The lines are those of
 * `Effect.logInfo("answered")`, or `logWarning` from status 500 on, put
 * together from texts of which most are made once.
 */
export const accessLog: Effect.Effect<AccessLog> = Effect.gen(function* () {
  const metrics = yield* metricContext
  const write = yield* lineWriter

  /** The denials of a caller, and their reasons: for the operator alone. */
  const audit = ({ caller, denials }: ExchangeAnnotations, address?: string, proxy_request_id?: string) => {
    for (const { project_id, reason, scope } of denials) {
      const checked = project_id !== undefined && isProjectId.test(project_id) ? project_id : undefined
      const ids = { caller: caller?.id, address, scope, project_id: checked }
      write("denied", "WARN", membersOf({ audit: "denied", proxy_request_id, reason, ...ids }))
      Metrics.denials[reason].updateUnsafe(1, metrics)
    }
  }
  return {
    answered: ({ address, method, proxy_request_id, record, start }, { bytes, request_id, status }) => {
      // The cloud's 401 is about the proxy's own key, and never reaches a caller as one.
      if (status === 401) record.denials.push({ reason: "Credential" })
      const total = performance.now() - start
      const { known, seconds, times } = seriesOf(method, record, status)
      let fields = `"proxy_request_id":"${proxy_request_id}"`
      if (request_id !== undefined) fields += `,"request_id":${JSON.stringify(request_id)}`
      // The answer to a HEAD has the fields of its body alone.
      const sent = method === "HEAD" ? 0 : bytes
      fields += `,${known},"status":${status},"bytes":${sent},"ms":{${millisecondsOf(record, total)}}`
      if (record.failure !== undefined) fields += `,${membersOf(record.failure)}`
      write("answered", status < 500 ? "INFO" : "WARN", fields)
      times.updateUnsafe(1, metrics)
      seconds.updateUnsafe(total / 1e3, metrics)
      audit(record, address, proxy_request_id)
    },
    left: ({ address, method, record, start }) => {
      const ms = millisecondsOf(record, performance.now() - start)
      write("the caller left before the answer", "INFO", `${knownOf(method, record)},"ms":{${ms}}`)
      audit(record, address)
    }
  }
})

const isProjectId = /^[A-Za-z0-9_-]{1,64}$/

/** Answers that differ in times, sizes and ids alone. */
interface Series {
  readonly method: string
  readonly status: number
  readonly cache: string | undefined
  readonly route: string | undefined
  readonly times: Metric.Counter<number>
  readonly seconds: Metric.Histogram<number>
  readonly known: string
}

/** The series of each caller, made once: there are few, since none holds a text of the caller's. */
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
    const label = route ?? "none"
    const labels = { status: String(status), cache: cache ?? "none", class: caller?.quota_class ?? "none" }
    found = {
      method,
      status,
      cache,
      route,
      times: Metrics.requests({ route: label, ...labels }),
      seconds: Metrics.requestSeconds({ route: label }),
      known: knownOf(method, record)
    }
    byKey.set(key, found)
  }
  return (own.last = found)
}

/** The members that are known before there is an answer. */
const knownOf = (method: string, { cache, caller, route }: ExchangeAnnotations): string =>
  membersOf({ caller: caller?.id, method, route, cache })

/** The members of a JSON object, without the braces and without those that are undefined. */
const membersOf = (fields: Readonly<Record<string, unknown>>): string => JSON.stringify(fields).slice(1, -1)

const millisecondsOf = ({ stages }: ExchangeAnnotations, total: number): string => {
  let text = `"total":${rounded(total)}`
  for (const name of Object.keys(stages)) text += `,"${name}":${rounded(stages[name]!)}`
  return text
}

/** Milliseconds to three digits, as JSON writes them, of two whole numbers: V8 writes others in three times the time. */
const rounded = (milliseconds: number): string => {
  const microseconds = Math.round(milliseconds * 1e3)
  const whole = Math.trunc(microseconds / 1e3)
  let rest = microseconds - whole * 1e3
  if (rest === 0) return `${whole}`
  let digits = 3
  for (; rest % 10 === 0; rest /= 10) digits--
  return `${whole}.${String(rest).padStart(digits, "0")}`
}
