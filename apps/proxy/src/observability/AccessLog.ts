import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { type Answer, answerReport, known, rounded } from "./AccessLogWriter.ts"
import type { ExchangeAnnotations } from "./ExchangeAnnotations.ts"
import * as Metrics from "./Metrics.ts"

/** A request that is answered, for its lines in the log. */
export interface Logged {
  readonly method: string
  readonly address: string | undefined
  /** The proxy's own id of the exchange. */
  readonly proxy_request_id: string
  /** When it came, by `performance.now()`. */
  readonly start: number
  readonly record: ExchangeAnnotations
}

/**
 * One line in the log for each request, when it has been answered or its
 * caller has left, and one more for each denial. Both are counted. Neither
 * holds what the caller wrote, but for the project's id where that was checked.
 */
export interface AccessLog {
  readonly answered: (of: Logged, answer: Omit<Answer, "proxy_request_id">) => void
  readonly left: (of: Logged) => void
}

/** Writes in the name of the fiber that this runs in. */
export const accessLog: Effect.Effect<AccessLog> = Effect.gen(function* () {
  const report = yield* answerReport
  const run = Effect.runForkWith(yield* Effect.context<never>())
  return {
    answered: ({ address, method, proxy_request_id, record, start }, answer) => {
      // The cloud's 401 is about the proxy's own key, and never reaches a caller as one.
      if (answer.status === 401) record.denials.push({ reason: "Credential" })
      const { bytes, request_id, status } = answer
      report(method, record, { status, bytes, request_id, proxy_request_id }, performance.now() - start)
      if (record.denials.length > 0) run(audit(record, { address, proxy_request_id }))
    },
    left: ({ address, method, record, start }) => {
      const ms = milliseconds(record, performance.now() - start)
      run(
        Effect.andThen(
          Effect.annotateLogs(Effect.logInfo("the caller left before the answer"), { ...known(method, record), ms }),
          audit(record, { address, proxy_request_id: undefined })
        )
      )
    }
  }
})

/** The denials of a caller, and their reasons: for the operator alone. */
interface Asked {
  readonly address: string | undefined
  /** As the answer has it, if there was one. */
  readonly proxy_request_id: string | undefined
}

const audit = (record: ExchangeAnnotations, { address, proxy_request_id }: Asked): Effect.Effect<void> =>
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

const isProjectId = /^[A-Za-z0-9_-]{1,64}$/

const milliseconds = ({ stages }: ExchangeAnnotations, total: number): Readonly<Record<string, number>> => {
  const milliseconds: Record<string, number> = { total: rounded(total) }
  for (const name of Object.keys(stages)) milliseconds[name] = rounded(stages[name]!)
  return milliseconds
}
