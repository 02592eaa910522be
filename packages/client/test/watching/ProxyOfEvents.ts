import { Cause, Effect, Queue, Stream } from "effect"
import { Sse } from "effect/encoding"
import type { HttpClientError, HttpClientRequest } from "effect/http"
import { HttpClientError as Errors } from "effect/http"
import type { Answer } from "../InMemoryTransport.ts"
import { request } from "../TestClient.ts"

/** Where the events of the backup of these tests are. */
export const eventsPath = `/-/v1/projects/${request.project_id}/backups/${request.backup_id}/events`

/** The answer of a proxy that offers its events. */
export const offering = (backup: object, etag = `"${JSON.stringify(backup).length}"`): Answer => ({
  status: 200,
  headers: { link: `<${eventsPath}>; rel="monitor"; type="text/event-stream"`, etag },
  body: JSON.stringify({ backup })
})

/** Whether a request is for the events. */
export const isForEvents = ({ url }: HttpClientRequest.HttpClientRequest): boolean => url.endsWith("/events")

/** An event as a proxy writes it. */
export const event = (name: string, data: object, id?: string): string =>
  Sse.encoder.write({ _tag: "Event", event: name, id, data: JSON.stringify(data, null, 1) })

/** A stream that a proxy has accepted, before anything is on it. */
export const streaming = (body: Stream.Stream<string, HttpClientError.HttpClientError>): Answer => ({
  status: 200,
  headers: { "content-type": "text/event-stream" },
  body: Stream.encodeText(body)
})

/** A stream on which the test says what comes, and when. */
export const makeLine = Effect.gen(function* () {
  const queue = yield* Queue.unbounded<string, HttpClientError.HttpClientError | Cause.Done>()
  return {
    answer: streaming(Stream.fromQueue(queue)),
    say: (text: string) => Effect.asVoid(Queue.offer(queue, text)),
    end: Effect.asVoid(Queue.end(queue)),
    cut: (of: HttpClientRequest.HttpClientRequest) => Effect.asVoid(Queue.fail(queue, cutOff(of)))
  }
})

/** The error of a transport whose connection breaks in the middle. */
export const cutOff = (of: HttpClientRequest.HttpClientRequest) =>
  new Errors.HttpClientError({ reason: new Errors.TransportError({ request: of, description: "cut off" }) })
