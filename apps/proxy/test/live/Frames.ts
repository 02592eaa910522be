import { Sse } from "effect/encoding"

/** An event as a reader gets it. */
export interface ReadEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: string
}

/** Reads a stream of events as a browser does; tells each as it is whole. */
export const eventReader = (onEvent: (event: ReadEvent) => void) => {
  const decoder = new TextDecoder()
  const parser = Sse.makeParser((event) => {
    if (event._tag === "Event") onEvent({ event: event.event, id: event.id, data: event.data })
  })
  return (chunk: Uint8Array) => void parser.feed(decoder.decode(chunk, { stream: true }))
}

/** The events in what came. */
export const eventsIn = (...chunks: ReadonlyArray<Uint8Array>): ReadonlyArray<ReadEvent> => {
  const events: Array<ReadEvent> = []
  chunks.forEach(eventReader((event) => events.push(event)))
  return events
}
