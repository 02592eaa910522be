import { ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { toError } from "../errors/ErrorResponse.ts"
import type { SentSecrets } from "../errors/redact.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { withUserAgent } from "../http/httpCall.ts"
import { withoutForwarding } from "../transport/RawTransport.ts"

/**
 * An event on the stream of a backup, or of a project's backups.
 * @category Watching
 * @since 0.2.0
 */
export type StreamEvent =
  /** The state of the backup, with the id to send as `Last-Event-ID` after a break. */
  | { readonly _tag: "State"; readonly response: ShowBackupResponse; readonly id: string | undefined }
  /** A backup of the project that the service has no more. */
  | { readonly _tag: "Gone"; readonly response: ShowBackupResponse; readonly id: string | undefined }
  /** A break in the stream of a project: events before it may be missing, and a list that is read from now on has them. */
  | { readonly _tag: "Listed"; readonly id: string | undefined }
  /** The error of a request for the backup: the backup is gone, or the proxy cannot reach the cloud. */
  | { readonly _tag: "Failure"; readonly error: ShowBackupError }
  /** The stream ends, and may be opened anew at once. */
  | { readonly _tag: "Rotate" }
  /** A sign of life of the stream. */
  | { readonly _tag: "Beat" }
  /** An event that cannot be understood: the stream is of no use. */
  | undefined

/**
 * Ends or fails as soon as the stream breaks; the next look tells the reason.
 * @category Watching
 * @since 0.1.0
 */
export type Events = Stream.Stream<ReadonlyArray<StreamEvent>, HttpClientError.HttpClientError | ShowBackupError>

/** A stream of events that an answer offers. */
export interface MonitorLink {
  /** Path on the origin that answered. */
  readonly path: string
  /** Tag of the state that came with the offer. */
  readonly etag: string | undefined
}

/**
 * The stream that an answer offers in `Link` with `rel="monitor"`. Only a path
 * of a proxy's own is taken: a credential goes there.
 *
 * @source RFC 5989, section 5
 */
export const monitorLink = ({ etag, link }: Readonly<Record<string, string | undefined>>): MonitorLink | undefined => {
  const path = monitor.exec(link ?? "")?.[1]
  return path === undefined ? undefined : { path, etag }
}

const monitor = /<(\/-\/[\w/-]+)>;[^,<]*\brel="?monitor\b/

/**
 * Opens a stream of events.
 *
 * @param request GET of the stream, with credentials
 * @param lastEventId id of the newest event that the reader has
 * @param sent secrets of the request, which no message may show
 */
export const subscribe = (
  request: HttpClientRequest.HttpClientRequest,
  lastEventId: string | undefined,
  sent: SentSecrets
): Stream.Stream<ReadonlyArray<StreamEvent>, HttpClientError.HttpClientError, HttpClient.HttpClient> =>
  Stream.unwrap(
    Effect.map(
      withoutForwarding(
        HttpClient.execute(
          HttpClientRequest.setHeaders(withUserAgent(request), { accept: mediaType, "last-event-id": lastEventId })
        )
      ),
      ({ headers, status, stream }) => {
        const isEvents = status === 200 && headers["content-type"]?.startsWith(mediaType)
        const decoder = new TextDecoder()
        let heard: Array<StreamEvent> = []
        const parser = Sse.makeParser((event) => {
          if (event._tag === "Event") heard.push(readEvent(event, sent))
        })
        // A piece of any other answer is read, since an unread answer would hold its connection.
        return Stream.map(stream, (chunk) => {
          heard = []
          const isTooLarge = parser.feed(decoder.decode(chunk, { stream: true })) !== undefined
          if (!isEvents || isTooLarge) return [undefined]
          return heard.length === 0 ? [beat] : heard
        })
      }
    )
  )

const mediaType = "text/event-stream"

const beat: StreamEvent = { _tag: "Beat" }

/** The snapshot of a project, which has a number of backups where a backup's snapshot has the backup. */
const listed = /^\s*\{\s*"backups":\s*\d+/

/** A number at the top of a problem. */
const numberIn = (data: string, name: "status" | "retry_after"): number | undefined => {
  const digits = new RegExp(`"${name}":\\s*(\\d+)`).exec(data)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

const readEvent = ({ data, event, id }: Sse.Event, sent: SentSecrets): StreamEvent => {
  if (event === "problem" || event === "deleted") {
    return {
      _tag: "Failure",
      error: toError({
        status: numberIn(data, "status") ?? 0,
        headers: {},
        text: data,
        service: "CBR",
        secrets: sent,
        retry_after: numberIn(data, "retry_after")
      })
    }
  }
  if (event === "rotate") return { _tag: "Rotate" }
  const response = Result.getOrUndefined(ShowBackupResponse.read(data))
  if (response === undefined) return event === "snapshot" && listed.test(data) ? { _tag: "Listed", id } : undefined
  return { _tag: event === "gone" ? "Gone" : "State", response, id }
}
