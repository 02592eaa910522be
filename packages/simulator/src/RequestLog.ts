import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"

/** The two services, and the metadata that servers and pods find, each at its own port. */
export type Listener = "cbr" | "iam" | "metadata"

export interface LoggedRequest {
  readonly listener: Listener
  readonly method: string
  /** The target in the request line, query included. */
  readonly path: string
  /** Lower-case names; those that authenticate are `Redacted`, and can be unwrapped by a test that compares attempts. */
  readonly headers: Readonly<Record<string, string | Redacted.Redacted<string>>>
  readonly at: DateTime.Utc
  readonly request_id: string
  /** Absent while the request is unanswered, and for ever after a reset or a hang. */
  readonly status?: number
}

/** Every request that arrived at any listener, in order of arrival. */
export class RequestLog extends Context.Service<
  RequestLog,
  {
    readonly entries: Effect.Effect<ReadonlyArray<LoggedRequest>>
    readonly clear: Effect.Effect<void>
    readonly arrived: (
      request: Pick<LoggedRequest, "listener" | "method" | "path" | "request_id"> & {
        readonly headers: Headers.Headers
      }
    ) => Effect.Effect<void>
    readonly answered: (request_id: string, status: number) => Effect.Effect<void>
  }
>()("@cbr/simulator/RequestLog") {
  static readonly layer = Layer.sync(RequestLog, () => {
    const log = new Map<string, LoggedRequest>()
    return RequestLog.of({
      entries: Effect.sync(() => Array.from(log.values())),
      clear: Effect.sync(() => log.clear()),
      arrived: (request) =>
        Effect.map(DateTime.now, (at) => {
          log.set(request.request_id, { ...request, headers: Headers.redact(request.headers, authenticating), at })
          const [oldest] = log.keys()
          if (log.size > capacity && oldest !== undefined) log.delete(oldest)
        }),
      answered: (request_id, status) =>
        Effect.sync(() => {
          const entry = log.get(request_id)
          if (entry !== undefined) log.set(request_id, { ...entry, status })
        })
    })
  })
}

const authenticating = [
  "authorization",
  "x-auth-token",
  "x-security-token",
  "x-subject-token",
  "x-metadata-token",
  "cookie",
  "x-api-key"
]

/** A simulator may run for days: only the latest requests are kept. */
const capacity = 10_000
