import * as Sse from "effect/encoding/Sse"
import type { ShowFailed } from "../cache/Shown.ts"
import { detailsOf, fromRefusal, fromShowBackupError } from "../problems/Problem.ts"
import { passes, type Standing, type There } from "./Standing.ts"

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
export interface WatchEvent {
  readonly name: EventName
  readonly frame: Uint8Array
}

/** What a reader has been told. */
export interface Told {
  /** Tag of the newest state. */
  readonly etag: string | undefined
  /** How many changes there were by then; `undefined` before the reader was told anything. */
  readonly changes: number | undefined
  /** How many failed looks in a row there were by then. */
  readonly inARow: number
}

/** What there is to say to a reader. */
export interface News {
  readonly events: ReadonlyArray<WatchEvent>
  readonly told: Told
  /** Whether the stream ends with it. */
  readonly isLast: boolean
  /** States in between that the reader was too slow for. */
  readonly merged: number
}

/** The id of `deleted`: who comes back with it has been told all that there is to say. */
export const deletedId = "deleted"

/** How a reader begins: with the state that it says it has, if any. */
export const beginning = (lastEventId: string | undefined): Told => ({
  // The tag of a compressed body is that of the body itself with a suffix.
  etag: lastEventId?.replace(/-(?:br|gzip)"$/, '"'),
  changes: undefined,
  inARow: 0
})

/** What a standing is to a reader who was told so much: the newest state, and then the trouble. */
export const newsOf = (told: Told, { changes, sighting, trouble }: Standing, proxy_request_id: string): News => {
  const merged = told.changes === undefined ? 0 : Math.max(0, changes - told.changes - 1)
  if (sighting?._tag === "Gone" && trouble === undefined) {
    const event = frameOf("deleted", problemText(sighting.error, proxy_request_id), deletedId)
    return { events: [event], told, isLast: true, merged }
  }
  const events: Array<WatchEvent> = []
  let etag = told.etag
  if (sighting?._tag === "There") {
    etag = sighting.entry.identity.etag
    const isOver = told.inARow > 0 && trouble === undefined
    if (etag !== told.etag)
      events.push(stateFrame(sighting, told.changes === undefined ? "snapshot" : nameOf(sighting)))
    else if (isOver) events.push(stateFrame(sighting, "snapshot"))
  }
  if (trouble !== undefined && trouble.inARow !== told.inARow) {
    events.push(problemEvent(trouble.error, proxy_request_id))
  }
  return {
    events,
    told: { etag, changes, inARow: trouble?.inARow ?? 0 },
    isLast: trouble !== undefined && !passes(trouble.error),
    merged
  }
}

const nameOf = ({ atRest }: There): EventName => (atRest ? "stable" : "changed")

/** A failure as the event that tells of it: what a request would be answered with, and when to come back. */
export const problemEvent = (error: ShowFailed, proxy_request_id: string): WatchEvent =>
  frameOf("problem", problemText(error, proxy_request_id))

const problemText = (error: ShowFailed, proxy_request_id: string): string => {
  const problem = error._tag === "Refusal" ? fromRefusal(error) : fromShowBackupError(error)
  const { retry_after } = problem
  const details = detailsOf(problem, proxy_request_id)
  return JSON.stringify(retry_after === undefined ? details : { ...details, retry_after })
}

/** The end of a stream that is to be opened anew: it is old, the proxy is about to stop, or the backup comes from another upstream. */
export const rotateEvent = (reason: "age" | "draining" | "moved"): WatchEvent =>
  frameOf("rotate", JSON.stringify({ reason }))

/**
 * @param data JSON; its line breaks are white space, so it does no harm that the format has them all alike
 * @source HTML, section 9.2.6
 */
export const frameOf = (name: EventName, data: string, id?: string): WatchEvent => ({
  name,
  frame: new TextEncoder().encode(Sse.encoder.write({ _tag: "Event", event: name, id, data }))
})

/** The frames of a state; they are the same for all who are told of it. */
const frames = new WeakMap<There, Map<EventName, WatchEvent>>()

const stateFrame = (there: There, name: EventName): WatchEvent => {
  const known = frames.get(there) ?? new Map<EventName, WatchEvent>()
  const event = known.get(name) ?? frameOf(name, there.text, there.entry.identity.etag)
  frames.set(there, known.set(name, event))
  return event
}
