import * as Sse from "effect/encoding/Sse"
import type { FetchError } from "../cache/CacheResult.ts"
import { detailsOf, fromProxyError, fromShowBackupError } from "../problems/Problem.ts"
import { isTransient, type WatchState, type Seen } from "./WatchState.ts"

/**
 * What a stream of one backup says; `ProjectEvents` tells what that of a project does:
 *
 * - `snapshot`: the backup as it stands, at the beginning, and when a problem is over;
 * - `changed`: it is another than before, and something of it is under way;
 * - `stable`: it is another than before, and at rest;
 * - `deleted`: there is no such backup any more; the stream ends;
 * - `problem`: the cloud could not be asked, and the stream goes on; or the stream cannot go on, and ends;
 * - `rotate`: the stream ends, and is to be opened anew.
 */
export type EventName = (typeof eventNames)[number]

/** Every {@link EventName}, also those that only a project's stream has. */
export const eventNames = ["snapshot", "changed", "stable", "deleted", "new", "gone", "problem", "rotate"] as const

/** An event as it goes over the wire, and its name for the metrics. */
export interface SseEvent {
  readonly name: EventName
  readonly frame: Uint8Array
}

/** How far a reader is: what the events that it has received said. */
export interface Cursor {
  /** Tag of the newest state. */
  readonly etag: string | undefined
  /** How many changes there were by then; `undefined` before the reader was told anything. */
  readonly changes: number | undefined
  /** How many failed looks in a row there were by then. */
  readonly inARow: number
}

/** The next events of a reader. */
export interface Delta {
  readonly events: ReadonlyArray<SseEvent>
  readonly cursor: Cursor
  /** Whether the stream ends with it. */
  readonly isLast: boolean
  /** States in between that the reader was too slow for. */
  readonly merged: number
}

/** The id of `deleted`: a reader that reconnects with it has received every event. */
export const deletedId = "deleted"

/** How a reader begins: with the state that it says it has, if any. */
export const cursorFrom = (lastEventId: string | undefined): Cursor => ({
  // The tag of a compressed body is that of the body itself with a suffix.
  etag: lastEventId?.replace(/-(?:br|gzip)"$/, '"'),
  changes: undefined,
  inARow: 0
})

/** The events since a reader's cursor: the newest state, and then the failure. */
export const eventsSince = (
  cursor: Cursor,
  { changes, observation, failure }: WatchState,
  proxy_request_id: string
): Delta => {
  const merged = cursor.changes === undefined ? 0 : Math.max(0, changes - cursor.changes - 1)
  if (observation?._tag === "Gone" && failure === undefined) {
    const event = frameOf("deleted", problemText(observation.error, proxy_request_id), deletedId)
    return { events: [event], cursor, isLast: true, merged }
  }
  const events: Array<SseEvent> = []
  let etag = cursor.etag
  if (observation?._tag === "Seen") {
    etag = observation.entry.identity.etag
    const isOver = cursor.inARow > 0 && failure === undefined
    if (etag !== cursor.etag)
      events.push(stateFrame(observation, cursor.changes === undefined ? "snapshot" : nameOf(observation)))
    else if (isOver) events.push(stateFrame(observation, "snapshot"))
  }
  if (failure !== undefined && failure.inARow !== cursor.inARow) {
    events.push(problemEvent(failure.error, proxy_request_id))
  }
  return {
    events,
    cursor: { etag, changes, inARow: failure?.inARow ?? 0 },
    isLast: failure !== undefined && !isTransient(failure.error),
    merged
  }
}

const nameOf = ({ atRest }: Seen): EventName => (atRest ? "stable" : "changed")

/** A failure as the event that tells of it: what a request would be answered with, and when to come back. */
export const problemEvent = (error: FetchError, proxy_request_id: string): SseEvent =>
  frameOf("problem", problemText(error, proxy_request_id))

const problemText = (error: FetchError, proxy_request_id: string): string => {
  const problem = error._tag === "ProxyError" ? fromProxyError(error) : fromShowBackupError(error)
  const { retry_after } = problem
  const details = detailsOf(problem, proxy_request_id)
  return JSON.stringify(retry_after === undefined ? details : { ...details, retry_after })
}

/** The end of a stream that is to be opened anew: it is old, the proxy is about to stop, or the backup comes from another upstream. */
export const rotateEvent = (reason: "age" | "draining" | "moved"): SseEvent =>
  frameOf("rotate", JSON.stringify({ reason }))

/**
 * @param data JSON; its line breaks are white space, so it does no harm that the format has them all alike
 * @source HTML, section 9.2.6
 */
export const frameOf = (name: EventName, data: string, id?: string): SseEvent => ({
  name,
  frame: new TextEncoder().encode(Sse.encoder.write({ _tag: "Event", event: name, id, data }))
})

/** The frames of a state; they are the same for all readers. */
const frames = new WeakMap<Seen, Map<EventName, SseEvent>>()

const stateFrame = (there: Seen, name: EventName): SseEvent => {
  const known = frames.get(there) ?? new Map<EventName, SseEvent>()
  const event = known.get(name) ?? frameOf(name, there.text, there.entry.identity.etag)
  frames.set(there, known.set(name, event))
  return event
}
