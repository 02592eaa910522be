import { TimedOut } from "@cbr/client"
import type { ShowBackupRequest } from "@cbr/domain"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import Negotiator from "negotiator"
import type { Present } from "../cache/CacheEntry.ts"
import { served, type ShowFailed, type Shown } from "../cache/Shown.ts"
import { Callers } from "../callers/Callers.ts"
import { Gateway, wellFormed } from "../gateway/Gateway.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { timeLimitOf } from "../policy/TimeLimit.ts"
import { Refusal } from "../problems/Refusal.ts"
import type { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import { Attendance } from "./Attendance.ts"
import { backupTelling } from "./BackupTelling.ts"
import { eventStream } from "./EventStream.ts"
import { kept } from "./Kept.ts"
import { longPoll } from "./LongPoll.ts"
import { eventStreamType } from "./Offer.ts"
import { Places } from "./Places.ts"
import { unlisted } from "./ProjectPoller.ts"
import { projectTelling } from "./ProjectTelling.ts"
import { ProjectWatches } from "./ProjectWatches.ts"
import { mayStay, type Watcher } from "./Rights.ts"
import { unseen } from "./Standing.ts"
import { Watches } from "./Watches.ts"
import { beginning, deletedId } from "./WatchEvents.ts"

/** A request that lasts, for a caller who has been let in. */
export interface LiveRequest {
  readonly head: RequestHead
  readonly proxy_request_id: string
  readonly watcher: Watcher
  readonly request: ShowBackupRequest
}

/** What came of a wait. */
export interface Waited {
  readonly shown: Shown
  readonly entry: Present
  /** The value of `Preference-Applied`. */
  readonly applied: string
}

/**
 * Answers that last: they tell of a backup, or of a project's backups, when
 * they change, to callers with the right to it, as long as these have it.
 */
export class LiveAnswers extends Context.Service<
  LiveAnswers,
  {
    /** The stream of a backup's events; a request for it counts as one of the caller's quota. */
    readonly events: (
      of: LiveRequest
    ) => Effect.Effect<
      HttpServerResponse.HttpServerResponse,
      ShowFailed,
      HttpServerRequest.HttpServerRequest | Scope.Scope
    >
    /** The stream of the events of a project's backups; likewise. */
    readonly projectEvents: (
      of: Omit<LiveRequest, "request">
    ) => Effect.Effect<
      HttpServerResponse.HttpServerResponse,
      ShowFailed,
      HttpServerRequest.HttpServerRequest | Scope.Scope
    >
    /**
     * The backup after it has changed or the wait is over; `moved` if it comes from another upstream by now, which is to
     * be asked.
     */
    readonly waited: (
      of: LiveRequest,
      had: Present,
      wait: Duration.Duration
    ) => Effect.Effect<Waited | "moved", ShowFailed, HttpServerRequest.HttpServerRequest | Scope.Scope>
  }
>()("@cbr/proxy/LiveAnswers") {
  /** @param leaving succeeds when what lasts has to end */
  static readonly layer = (
    leaving: Effect.Effect<void>
  ): Layer.Layer<LiveAnswers, never, Callers | Gateway | ProjectWatches | SnapshotRegistry | Watches> =>
    Layer.effect(
      LiveAnswers,
      Effect.gen(function* () {
        const attendance = yield* Attendance
        const callers = yield* Callers
        const gateway = yield* Gateway
        const places = yield* Places
        const projects = yield* ProjectWatches
        const watches = yield* Watches

        /** Whether the backup comes from another upstream by then. */
        const movedFrom = (request: ShowBackupRequest) => {
          const place = watches.placeOf(request)
          return () => watches.placeOf(request) !== place
        }

        /** Looks after who watches, as long as the answer lasts. */
        const stayFor = Effect.fnUntraced(function* (watcher: Watcher, hasMoved: () => boolean) {
          const answer = NodeHttpServerRequest.toServerResponse(yield* HttpServerRequest.HttpServerRequest)
          const stillThere = Effect.suspend(() => (hasMoved() ? Effect.fail("moved" as const) : Effect.void))
          const mayStill = Effect.andThen(mayStay(watcher, callers, gateway, yield* DateTime.now), stillThere)
          return yield* attendance.stay({ answer, mayStay: mayStill })
        })

        return LiveAnswers.of({
          events: Effect.fnUntraced(function* ({ head, proxy_request_id, request, watcher }) {
            yield* wellFormed(request)
            if (!takesEvents(head)) return yield* notAcceptable
            if (head.method === "HEAD") return HttpServerResponse.empty({ status: 200, headers: streamFields })
            yield* places.take(watcher.caller)
            const hasMoved = movedFrom(request)
            const newest = yield* watches.of(request, watcher.caller.id)
            const first = yield* firstOf(newest.unlike(unseen), yield* timeLimitOf(head, yield* LimitsPolicy))
            const lastEventId = valuesOf(head, "last-event-id")[0]
            const { sighting, trouble } = first
            if (trouble !== undefined) return yield* Effect.fail(trouble.error)
            if (sighting?._tag === "Gone") {
              if (lastEventId === undefined) return yield* sighting.error
              // Told once, a reader that comes back by itself is sent away for good.
              if (lastEventId === deletedId) return HttpServerResponse.empty()
            }
            yield* loggedAtEnd(watcher, proxy_request_id)
            const stay = yield* stayFor(watcher, hasMoved)
            const telling = backupTelling({ newest, first, told: beginning(lastEventId), proxy_request_id })
            const events = yield* eventStream({ telling, stay, proxy_request_id })
            return HttpServerResponse.stream(events, { headers: streamFields })
          }),
          projectEvents: Effect.fnUntraced(function* ({ head, proxy_request_id, watcher }) {
            const { project_id } = watcher
            if (!takesEvents(head)) return yield* notAcceptable
            if (head.method === "HEAD") return HttpServerResponse.empty({ status: 200, headers: streamFields })
            yield* places.take(watcher.caller)
            const place = projects.placeOf(project_id)
            const { events: log, standing } = yield* projects.of(project_id, watcher.caller.id)
            const first = standing.unlike(unlisted)
            const { isOpen, trouble } = yield* firstOf(first, yield* timeLimitOf(head, yield* LimitsPolicy))
            if (!isOpen && trouble !== undefined) return yield* Effect.fail(trouble.error)
            yield* loggedAtEnd(watcher, proxy_request_id)
            const stay = yield* stayFor(watcher, () => projects.placeOf(project_id) !== place)
            const lastEventId = valuesOf(head, "last-event-id")[0]
            const telling = projectTelling({ events: log, standing, lastEventId, proxy_request_id })
            const events = yield* eventStream({ telling, stay, proxy_request_id })
            return HttpServerResponse.stream(events, { headers: streamFields })
          }),
          waited: Effect.fnUntraced(function* ({ request, watcher }, had, wait) {
            yield* places.take(watcher.caller)
            const hasMoved = movedFrom(request)
            const newest = yield* watches.of(request, watcher.caller.id)
            const entry = yield* longPoll({ newest, had, wait, stay: yield* stayFor(watcher, hasMoved) })
            if (hasMoved()) return "moved"
            const shown = served(entry, "long-poll", yield* Clock.currentTimeMillis)
            return { entry, shown, applied: `wait=${Math.floor(Duration.toSeconds(wait))}` }
          })
        })
      })
    ).pipe(Layer.provide([Places.layer, Attendance.layer(leaving)]))
}

/** The fields of every stream; the last keeps nginx from collecting what should pass at once. */
const streamFields = { "content-type": eventStreamType, "x-accel-buffering": "no" }

const takesEvents = (head: RequestHead): boolean => {
  const accept = valuesOf(head, "accept").join(",")
  return accept === "" || new Negotiator({ headers: { accept } }).mediaType([eventStreamType]) !== undefined
}

const firstOf = <A>(standing: Effect.Effect<A>, patience: number) =>
  Effect.timeoutOrElse(standing, {
    duration: patience,
    orElse: () =>
      Effect.fail(new TimedOut({ detail: { code: "no-answer-for-caller", milliseconds: patience }, limit: "call" }))
  })

/** A stream is in the access log when it begins; this says how long it lasted. */
const loggedAtEnd = ({ caller }: Watcher, proxy_request_id: string) =>
  kept(Clock.currentTimeMillis, (start) =>
    Effect.flatMap(Clock.currentTimeMillis, (end) =>
      Effect.annotateLogs(Effect.logInfo("stream ended"), { proxy_request_id, caller: caller.id, ms: end - start })
    )
  )

const notAcceptable = new Refusal({
  reason: "NotAcceptable",
  message: `Accept admits no ${eventStreamType}, which is all that there is here`
})
