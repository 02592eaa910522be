import { type ClientRequest, type IncomingMessage, request } from "node:http"
import { Effect } from "effect"
import type * as Scope from "effect/Scope"
import { eventReader, type ReadEvent } from "./Frames.ts"

/** A stream that is open, and what came on it. */
export interface OpenStream {
  readonly status: number
  readonly headers: IncomingMessage["headers"]
  readonly events: ReadonlyArray<ReadEvent>
  readonly response: IncomingMessage
  /** Succeeds when there are so many events. */
  readonly atLeast: (count: number) => Effect.Effect<ReadonlyArray<ReadEvent>>
  /** Succeeds with everything when the proxy has ended the stream. */
  readonly ended: Effect.Effect<ReadonlyArray<ReadEvent>>
}

/** Opens a stream by Node's own client, and reads it until the scope closes. */
export const openStream = (
  url: string,
  headers: Readonly<Record<string, string>>
): Effect.Effect<OpenStream, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<readonly [ClientRequest, IncomingMessage]>((resume) => {
        const sent = request(url, { headers, agent: false }, (response) => resume(Effect.succeed([sent, response])))
        sent.on("error", () => undefined)
        sent.end()
      }),
      ([sent]) => Effect.sync(() => sent.destroy())
    ),
    ([, response]) => {
      const events: Array<ReadEvent> = []
      const waiting = new Set<() => void>()
      const wake = () => waiting.forEach((look) => look())
      const read = eventReader((event) => events.push(event))
      let hasEnded = false
      response.on("data", (chunk: Buffer) => {
        read(chunk)
        wake()
      })
      response.on("error", () => undefined)
      response.on("close", () => {
        hasEnded = true
        wake()
      })
      const until = (holds: () => boolean) =>
        Effect.callback<ReadonlyArray<ReadEvent>>((resume) => {
          const look = () => {
            if (!holds()) return
            waiting.delete(look)
            resume(Effect.succeed(events))
          }
          waiting.add(look)
          look()
        })
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        events,
        response,
        atLeast: (count) => until(() => events.length >= count),
        ended: until(() => hasEnded)
      }
    }
  )
