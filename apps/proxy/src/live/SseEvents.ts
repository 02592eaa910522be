import type { BackupNotFound } from "@cbr/client"
import * as Sse from "effect/encoding/Sse"
import type { FetchError } from "../cache/CacheResult.ts"
import { detailsOf, fromProxyError, fromShowBackupError } from "../problems/Problem.ts"
import type { Seen } from "./WatchState.ts"

/**
 * An event of the stream of one backup; `ProjectEvents` has those of a project:
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

/** The id of `deleted`: a reader that reconnects with it has received every event. */
export const deletedId = "deleted"

/** The event after which a backup's stream ends: the backup does not exist any more. */
export const deletedEvent = (error: BackupNotFound, proxy_request_id: string): SseEvent =>
  frameOf("deleted", problemText(error, proxy_request_id), deletedId)

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
 * The id stands last: some clients send the id of an event whose end they did not receive, and then lack that event.
 *
 * @param data JSON; its line breaks are white space, so it does no harm that the format has them all alike
 * @source HTML, section 9.2.6
 */
export const frameOf = (name: EventName, data: string, id?: string): SseEvent => {
  const written = Sse.encoder.write({ _tag: "Event", event: name, id: undefined, data })
  return { name, frame: new TextEncoder().encode(id === undefined ? written : `${written.slice(0, -1)}id: ${id}\n\n`) }
}

/** Frames by state and name; each is the same for all readers. */
const frames = new WeakMap<Seen, Map<EventName, SseEvent>>()

/** The event of a backup's state: the service's answer, with its entity tag as id. */
export const stateEvent = (there: Seen, name: EventName): SseEvent => {
  const known = frames.get(there) ?? new Map<EventName, SseEvent>()
  const event = known.get(name) ?? frameOf(name, there.text, there.entry.identity.etag)
  frames.set(there, known.set(name, event))
  return event
}
