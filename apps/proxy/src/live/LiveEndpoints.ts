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
import { BackupAccess, wellFormed } from "../gateway/BackupAccess.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { deadlineOf } from "../policy/RequestDeadline.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { acquireInScope } from "./acquireInScope.ts"
import { backupFeed } from "./BackupFeed.ts"
import { BackupPollerRegistry } from "./BackupPollerRegistry.ts"
import { longPoll } from "./LongPoll.ts"
import { eventStreamType } from "./MonitorLink.ts"
import { projectFeed } from "./ProjectFeed.ts"
import { ProjectPollerRegistry } from "./ProjectPollerRegistry.ts"
import { deletedId } from "./SseEvents.ts"
import { type EventFeed, sseStream } from "./SseStream.ts"
import { authorizeSubscriber, type Subscriber } from "./SubscriberAuthorization.ts"
import { makeSubscriptionQuota } from "./SubscriptionQuota.ts"
import { Subscriptions } from "./Subscriptions.ts"
import { initialProjectState } from "./WatchedProject.ts"
import { initialWatchState } from "./WatchState.ts"

/** A long-lived request of an admitted caller. */
export interface LiveRequest {
  readonly head: RequestHead
  readonly proxy_request_id: string
  readonly subscriber: Subscriber
  readonly request: ShowBackupRequest
}

/** The answer of a wait. */
export interface Waited {
  readonly shown: CacheResult
  readonly entry: Present
  /** The value of `Preference-Applied`. */
  readonly applied: string
}

/** The events of a stream, and whether its subject has moved to another upstream. */
interface Opened {
  readonly feed: EventFeed
  readonly hasMoved: () => boolean
}

/**
 * Long-lived answers: event streams and long polls that report changes of a backup, or of a project's backups, to
 * callers for as long as these have the right to it.
 */
export class LiveEndpoints extends Context.Service<LiveEndpoints>()("@cbr/proxy/LiveEndpoints", {
  make: Effect.gen(function* () {
    const presence = yield* Subscriptions
    const authenticator = yield* Authenticator
    const access = yield* BackupAccess
    const projectPollers = yield* ProjectPollerRegistry
    const pollers = yield* BackupPollerRegistry
    const takeSubscription = makeSubscriptionQuota()

    const movedFrom = <Subject>({ placeOf }: { placeOf: (subject: Subject) => string }, subject: Subject) => {
      const place = placeOf(subject)
      return () => placeOf(subject) !== place
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

    /** Opens a stream for a caller that accepts events. `begin` may give another response instead. */
    const opened = Effect.fnUntraced(function* (
      { head, proxy_request_id, subscriber }: Omit<LiveRequest, "request">,
      begin: Effect.Effect<Opened | HttpServerResponse.HttpServerResponse, FetchError, Scope.Scope>
    ) {
      if (!acceptsEvents(head)) return yield* notAcceptable
      if (head.method === "HEAD") return HttpServerResponse.empty({ status: 200, headers: streamFields })
      yield* takeSubscription(subscriber.caller)
      const begun = yield* begin
      if (HttpServerResponse.isHttpServerResponse(begun)) return begun
      yield* loggedAtEnd(subscriber, proxy_request_id)
      const subscription = yield* subscriptionFor(subscriber, begun.hasMoved)
      const events = yield* sseStream({ feed: begun.feed, subscription, proxy_request_id })
      return HttpServerResponse.stream(events, { headers: streamFields })
    })

    const beginBackup = Effect.fnUntraced(function* ({ head, proxy_request_id, request, subscriber }: LiveRequest) {
      const hasMoved = movedFrom(pollers, request)
      const latest = yield* pollers.of(request, subscriber.caller.id)
      const { failure, observation } = yield* inTime(latest.changedFrom(initialWatchState), head)
      const lastEventId = valuesOf(head, "last-event-id")[0]
      if (failure !== undefined) return yield* Effect.fail(failure.error)
      if (observation?._tag === "Gone") {
        if (lastEventId === undefined) return yield* observation.error
        // An empty response keeps a reader that has the `deleted` event from reconnecting.
        if (lastEventId === deletedId) return HttpServerResponse.empty()
      }
      return { hasMoved, feed: backupFeed({ latest, lastEventId, proxy_request_id }) }
    })

    const beginProject = Effect.fnUntraced(function* ({
      head,
      proxy_request_id,
      subscriber
    }: Omit<LiveRequest, "request">) {
      const subject = { project_id: subscriber.project_id }
      const hasMoved = movedFrom(projectPollers, subject)
      const { events, state } = yield* projectPollers.of(subject, subscriber.caller.id)
      const { isOpen, failure } = yield* inTime(state.changedFrom(initialProjectState), head)
      if (!isOpen && failure !== undefined) return yield* Effect.fail(failure.error)
      const lastEventId = valuesOf(head, "last-event-id")[0]
      return { hasMoved, feed: projectFeed({ events, state, lastEventId, proxy_request_id }) }
    })

    return {
      /** Opens the stream of a backup's events; it counts as one request of the caller's quota. */
      events: (of: LiveRequest) => Effect.andThen(wellFormed(of.request), opened(of, beginBackup(of))),
      /** Opens the stream of the events of a project's backups; likewise. */
      projectEvents: (of: Omit<LiveRequest, "request">) => opened(of, beginProject(of)),
      /**
       * Waits until the backup has changed or the time is over. Succeeds with `moved` if the backup comes from another
       * upstream by then; the caller of this function then asks that one.
       */
      waited: Effect.fnUntraced(function* (
        { request, subscriber }: LiveRequest,
        had: Present,
        wait: Duration.Duration
      ) {
        yield* takeSubscription(subscriber.caller)
        const hasMoved = movedFrom(pollers, request)
        const latest = yield* pollers.of(request, subscriber.caller.id)
        const subscription = yield* subscriptionFor(subscriber, hasMoved)
        const entry = yield* longPoll({ latest, had, wait, subscription })
        if (hasMoved()) return "moved"
        const shown = cachedResult(entry, "long-poll", yield* Clock.currentTimeMillis)
        return { entry, shown, applied: `wait=${Math.floor(Duration.toSeconds(wait))}` } satisfies Waited
      })
    }
  })
}) {
  static readonly layer = Layer.effect(this, this.make)
}

/** The fields of every stream; the last keeps nginx from collecting what should pass at once. */
const streamFields = { "content-type": eventStreamType, "x-accel-buffering": "no" }

const acceptsEvents = (head: RequestHead): boolean => {
  const accept = valuesOf(head, "accept").join(",")
  return accept === "" || new Negotiator({ headers: { accept } }).mediaType([eventStreamType]) !== undefined
}

/** A state, or `TimedOut` at the caller's deadline. */
const inTime = Effect.fnUntraced(function* <A>(state: Effect.Effect<A>, head: RequestHead) {
  const duration = yield* deadlineOf(head, yield* LimitsPolicy)
  const detail = { code: "no-answer-for-caller", milliseconds: duration } as const
  return yield* Effect.timeoutOrElse(state, { duration, orElse: () => new TimedOut({ detail, limit: "call" }) })
})

/** A stream is in the access log when it begins; this says how long it lasted. */
const loggedAtEnd = ({ caller }: Subscriber, proxy_request_id: string) =>
  acquireInScope(Clock.currentTimeMillis, (start) =>
    Effect.flatMap(Clock.currentTimeMillis, (end) =>
      Effect.annotateLogs(Effect.logInfo("stream ended"), { proxy_request_id, caller: caller.id, ms: end - start })
    )
  )

const notAcceptable = new ProxyError({
  reason: "NotAcceptable",
  message: `this resource is ${eventStreamType}, which Accept does not admit`
})
