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
import { cachedResult, type FetchError, type CacheResult } from "../cache/CacheResult.ts"
import { Authenticator } from "../callers/Authenticator.ts"
import type { Revocations } from "../callers/Revocations.ts"
import { BackupAccess, wellFormed } from "../gateway/BackupAccess.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { deadlineOf } from "../policy/Deadline.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import { backupFeed } from "./BackupFeed.ts"
import { longPoll } from "./LongPoll.ts"
import { eventStreamType } from "./MonitorLink.ts"
import { PollerRegistry } from "./PollerRegistry.ts"
import { Presence } from "./Presence.ts"
import { projectFeed } from "./ProjectFeed.ts"
import { initialProjectState } from "./ProjectPoller.ts"
import { ProjectPollerRegistry } from "./ProjectPollerRegistry.ts"
import { scopedResource } from "./ScopedResource.ts"
import { cursorFrom, deletedId } from "./SseEvents.ts"
import { type EventFeed, sseStream } from "./SseStream.ts"
import { authorizeSubscriber, type Subscriber } from "./SubscriberAuthorization.ts"
import { SubscriptionQuota } from "./SubscriptionQuota.ts"
import { initialWatchState } from "./WatchState.ts"

/** A long-lived request of an admitted caller. */
export interface LiveRequest {
  readonly head: RequestHead
  readonly proxy_request_id: string
  readonly subscriber: Subscriber
  readonly request: ShowBackupRequest
}

/** What came of a wait. */
export interface Waited {
  readonly shown: CacheResult
  readonly entry: Present
  /** The value of `Preference-Applied`. */
  readonly applied: string
}

type StreamOpening = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  FetchError,
  HttpServerRequest.HttpServerRequest | Scope.Scope
>

/** What a stream tells, and whether its subject comes from another upstream by now. */
interface Opened {
  readonly feed: EventFeed
  readonly hasMoved: () => boolean
}

/**
 * Long-lived answers: event streams and long polls that report changes of a backup,
 * or of a project's backups, to callers for as long as these have the right to it.
 */
export class LiveEndpoints extends Context.Service<
  LiveEndpoints,
  {
    /** The stream of a backup's events; a request for it counts as one of the caller's quota. */
    readonly events: (of: LiveRequest) => StreamOpening
    /** The stream of the events of a project's backups; likewise. */
    readonly projectEvents: (of: Omit<LiveRequest, "request">) => StreamOpening
    /**
     * The backup after it has changed or the wait is over; `moved` if it comes from another upstream by now, which is to
     * be asked.
     */
    readonly waited: (
      of: LiveRequest,
      had: Present,
      wait: Duration.Duration
    ) => Effect.Effect<Waited | "moved", FetchError, HttpServerRequest.HttpServerRequest | Scope.Scope>
  }
>()("@cbr/proxy/LiveEndpoints") {
  /** @param leaving succeeds when what lasts has to end */
  static readonly layer = (
    leaving: Effect.Effect<void>
  ): Layer.Layer<
    LiveEndpoints,
    never,
    Authenticator | BackupAccess | ProjectPollerRegistry | Revocations | SnapshotRegistry | PollerRegistry
  > =>
    Layer.effect(
      LiveEndpoints,
      Effect.gen(function* () {
        const presence = yield* Presence
        const authenticator = yield* Authenticator
        const access = yield* BackupAccess
        const subscriptionQuota = yield* SubscriptionQuota
        const projectPollers = yield* ProjectPollerRegistry
        const pollers = yield* PollerRegistry

        /** Whether the backup comes from another upstream by then. */
        const movedFrom = (request: ShowBackupRequest) => {
          const place = pollers.placeOf(request)
          return () => pollers.placeOf(request) !== place
        }

        /** Keeps the subscription as long as the answer lasts. */
        const subscriptionFor = Effect.fnUntraced(function* (subscriber: Subscriber, hasMoved: () => boolean) {
          const answer = NodeHttpServerRequest.toServerResponse(yield* HttpServerRequest.HttpServerRequest)
          const stillThere = Effect.suspend(() => (hasMoved() ? Effect.fail("moved" as const) : Effect.void))
          const mayStay = Effect.andThen(
            authorizeSubscriber(subscriber, authenticator, access, yield* DateTime.now),
            stillThere
          )
          return yield* presence.subscribe({ answer, mayStay })
        })

        /** Opens a stream for a caller that takes events; an answer of `begin` takes its place. */
        const opened = Effect.fnUntraced(function* (
          { head, proxy_request_id, subscriber }: Omit<LiveRequest, "request">,
          begin: Effect.Effect<Opened | HttpServerResponse.HttpServerResponse, FetchError, Scope.Scope>
        ) {
          if (!takesEvents(head)) return yield* notAcceptable
          if (head.method === "HEAD") return HttpServerResponse.empty({ status: 200, headers: streamFields })
          yield* subscriptionQuota.take(subscriber.caller)
          const begun = yield* begin
          if (HttpServerResponse.isHttpServerResponse(begun)) return begun
          yield* loggedAtEnd(subscriber, proxy_request_id)
          const subscription = yield* subscriptionFor(subscriber, begun.hasMoved)
          const events = yield* sseStream({ feed: begun.feed, subscription, proxy_request_id })
          return HttpServerResponse.stream(events, { headers: streamFields })
        })

        const beginBackup = Effect.fnUntraced(function* ({ head, proxy_request_id, request, subscriber }: LiveRequest) {
          const hasMoved = movedFrom(request)
          const latest = yield* pollers.of(request, subscriber.caller.id)
          const first = yield* firstOf(latest.changedFrom(initialWatchState), head)
          const lastEventId = valuesOf(head, "last-event-id")[0]
          const { observation, failure } = first
          if (failure !== undefined) return yield* Effect.fail(failure.error)
          if (observation?._tag === "Gone") {
            if (lastEventId === undefined) return yield* observation.error
            // Told once, a reader that comes back by itself is sent away for good.
            if (lastEventId === deletedId) return HttpServerResponse.empty()
          }
          return { hasMoved, feed: backupFeed({ latest, first, cursor: cursorFrom(lastEventId), proxy_request_id }) }
        })

        const beginProject = Effect.fnUntraced(function* ({
          head,
          proxy_request_id,
          subscriber: { caller, project_id }
        }: Omit<LiveRequest, "request">) {
          const place = projectPollers.placeOf(project_id)
          const { events, state } = yield* projectPollers.of(project_id, caller.id)
          const { isOpen, failure } = yield* firstOf(state.changedFrom(initialProjectState), head)
          if (!isOpen && failure !== undefined) return yield* Effect.fail(failure.error)
          const lastEventId = valuesOf(head, "last-event-id")[0]
          const hasMoved = () => projectPollers.placeOf(project_id) !== place
          return { hasMoved, feed: projectFeed({ events, state, lastEventId, proxy_request_id }) }
        })

        return LiveEndpoints.of({
          events: (of) => Effect.andThen(wellFormed(of.request), opened(of, beginBackup(of))),
          projectEvents: (of) => opened(of, beginProject(of)),
          waited: Effect.fnUntraced(function* ({ request, subscriber }, had, wait) {
            yield* subscriptionQuota.take(subscriber.caller)
            const hasMoved = movedFrom(request)
            const latest = yield* pollers.of(request, subscriber.caller.id)
            const entry = yield* longPoll({
              latest,
              had,
              wait,
              subscription: yield* subscriptionFor(subscriber, hasMoved)
            })
            if (hasMoved()) return "moved"
            const shown = cachedResult(entry, "long-poll", yield* Clock.currentTimeMillis)
            return { entry, shown, applied: `wait=${Math.floor(Duration.toSeconds(wait))}` }
          })
        })
      })
    ).pipe(Layer.provide([SubscriptionQuota.layer, Presence.layer(leaving)]))
}

/** The fields of every stream; the last keeps nginx from collecting what should pass at once. */
const streamFields = { "content-type": eventStreamType, "x-accel-buffering": "no" }

const takesEvents = (head: RequestHead): boolean => {
  const accept = valuesOf(head, "accept").join(",")
  return accept === "" || new Negotiator({ headers: { accept } }).mediaType([eventStreamType]) !== undefined
}

const firstOf = Effect.fnUntraced(function* <A>(state: Effect.Effect<A>, head: RequestHead) {
  const duration = yield* deadlineOf(head, yield* LimitsPolicy)
  const detail = { code: "no-answer-for-caller", milliseconds: duration } as const
  return yield* Effect.timeoutOrElse(state, { duration, orElse: () => new TimedOut({ detail, limit: "call" }) })
})

/** A stream is in the access log when it begins; this says how long it lasted. */
const loggedAtEnd = ({ caller }: Subscriber, proxy_request_id: string) =>
  scopedResource(Clock.currentTimeMillis, (start) =>
    Effect.flatMap(Clock.currentTimeMillis, (end) =>
      Effect.annotateLogs(Effect.logInfo("stream ended"), { proxy_request_id, caller: caller.id, ms: end - start })
    )
  )

const notAcceptable = new ProxyError({
  reason: "NotAcceptable",
  message: `this resource is ${eventStreamType}, which Accept does not admit`
})
