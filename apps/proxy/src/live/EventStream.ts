import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { End, Stay } from "./Attendance.ts"
import { counted, events, merged, streams } from "./LiveMetrics.ts"
import type { Newest } from "./Newest.ts"
import type { Standing } from "./Standing.ts"
import { newsOf, problemEvent, rotateEvent, type Told, type WatchEvent } from "./WatchEvents.ts"

/** A stream that is to be opened. */
export interface EventStreamOptions {
  readonly newest: Newest<Standing>
  /** The standing that it begins with; not without a sighting or trouble. */
  readonly first: Standing
  readonly told: Told
  readonly stay: Stay
  readonly proxy_request_id: string
}

/** How long a client should wait before it opens a broken stream anew. */
const retry = new TextEncoder().encode(
  Sse.encoder.write(new Sse.Retry({ duration: Duration.seconds(3), lastEventId: undefined }))
)

const comment = new TextEncoder().encode(":\n\n")

/** How far a reader is. */
interface Reader {
  readonly told: Told
  /** The standing that it was last told of. */
  readonly standing: Standing
}

/** What a reader gets next; the last without a reader who could get more. */
interface Piece {
  readonly events: ReadonlyArray<WatchEvent>
  readonly merged: number
  readonly reader: Reader | undefined
}

/**
 * The events of a backup as bytes, each piece made when the reader has taken
 * the one before: a slow reader is told of the newest state and of none
 * before it. A comment goes out when there has been nothing to say for a beat,
 * and one at once, so that the reader knows that the stream gets through.
 *
 * @source HTML, section 9.2, server-sent events
 */
export const eventStream = ({
  first,
  newest,
  proxy_request_id,
  stay,
  told
}: EventStreamOptions): Effect.Effect<Stream.Stream<Uint8Array>, never, Scope.Scope> => {
  const tell = (from: Told, standing: Standing): Piece => {
    const { events, isLast, merged, told } = newsOf(from, standing, proxy_request_id)
    return { events, merged, reader: isLast ? undefined : { told, standing } }
  }
  const goodbye = (end: End): Piece => {
    const event = typeof end === "string" ? rotateEvent(end) : problemEvent(end, proxy_request_id)
    return { events: [event], merged: 0, reader: undefined }
  }
  /** What there is for a reader at this moment. */
  const ready = (reader: Reader): Piece | undefined => {
    const standing = newest.current()
    if (standing !== reader.standing) return tell(reader.told, standing)
    const end = stay.end()
    if (end !== undefined) return goodbye(end)
    return stay.isBeatDue() ? { events: [], merged: 0, reader } : undefined
  }
  const next = (reader: Reader): Effect.Effect<Piece> =>
    Effect.callback<Piece>((resume) => {
      const look = () => {
        const piece = ready(reader)
        if (piece === undefined) return
        leave()
        resume(Effect.succeed(piece))
      }
      const stop = newest.listen(look)
      const leave = () => {
        stop()
        stay.onCall(undefined)
      }
      stay.onCall(look)
      look()
      return Effect.sync(leave)
    })

  const write = (head: ReadonlyArray<Uint8Array>, { events: said, merged: passedOver, reader }: Piece) => {
    stay.told()
    const frames = said.length === 0 ? [comment] : said.map(({ frame }) => frame)
    const bytes: Uint8Array = head.length + frames.length === 1 ? frames[0]! : Buffer.concat([...head, ...frames])
    return Effect.as(
      Effect.andThen(
        Effect.forEach(said, ({ name }) => Metric.update(Metric.withAttributes(events, { event: name }), 1), {
          discard: true
        }),
        Metric.update(merged, passedOver)
      ),
      [bytes, reader] as const
    )
  }
  const opening = tell(told, first)
  const rest = Stream.unfold(opening.reader, (reader) =>
    reader === undefined ? Effect.succeed(undefined) : Effect.flatMap(next(reader), (piece) => write([], piece))
  )
  const begun = Effect.map(write([retry], opening), ([bytes]) => bytes)
  return Effect.as(counted(streams), Stream.concat(Stream.fromEffect(begun), rest))
}
