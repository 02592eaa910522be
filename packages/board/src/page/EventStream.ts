import { type EventSourceMessage, createParser } from "eventsource-parser"
import { type Fault, fault, faultOf } from "./Fault.ts"
import type { GatewayFetch } from "./GatewayFetch.ts"

/** The state of a stream of events; `troubled` while the gateway answers and the cloud does not. */
export type StreamState = "connecting" | "live" | "lost" | "troubled" | Fault

/** The listener of a stream. */
export interface StreamListener {
  readonly event: (event: EventSourceMessage) => void
  readonly state: (state: StreamState) => void
}

/** The gateway sends something each 15 s: after so much silence the connection is taken for dead. */
const maxSilence = 40_000
const firstDelay = 500
const maxDelay = 15_000

/**
 * Reads server-sent events with the caller's credential, which `EventSource` cannot carry. A lost connection is opened
 * again, each time a little later; a refusal ends the stream. While the tab is hidden the stream rests, since a browser
 * has six connections to a server.
 *
 * @returns ends the stream
 */
export const follow = (
  ask: GatewayFetch,
  path: string,
  listener: StreamListener,
  { restsWhileHidden = true }: { readonly restsWhileHidden?: boolean } = {}
): (() => void) => {
  let connection: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let delay = firstDelay
  let isOver = false
  let lastEventId: string | undefined

  const later = (): void => {
    if (isOver || connection !== undefined) return
    clearTimeout(timer)
    timer = setTimeout(() => void open(), delay * (0.75 + Math.random() / 2))
    delay = Math.min(delay * 2, maxDelay)
  }

  const open = async (): Promise<void> => {
    if (isOver || connection !== undefined || (restsWhileHidden && document.hidden)) return
    const own = (connection = new AbortController())
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = (): void => {
      clearTimeout(silence)
      silence = setTimeout(() => own.abort(), maxSilence)
    }
    let refusal: Fault | undefined
    const begun = performance.now()
    let isRotated = false
    let isTroubled = false
    let isCurrent = true
    try {
      heard()
      const response = await ask(path, {
        headers: {
          accept: "text/event-stream",
          ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId })
        },
        signal: own.signal
      })
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true
      if (response.ok && isStream && response.body !== null) {
        delay = firstDelay
        listener.state("live")
        const parser = createParser({
          onEvent: (event) => {
            if (event.id !== undefined) lastEventId = event.id
            if (event.event === "rotate") isRotated = true
            if (isTroubled !== (event.event === "problem")) {
              isTroubled = !isTroubled
              listener.state(isTroubled ? "troubled" : "live")
            }
            listener.event(event)
          }
        })
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
          heard()
          parser.feed(piece.value)
        }
      } else if (response.status === 401 || response.status === 403 || response.status === 404) {
        refusal = await faultOf(response)
      } else if (response.ok) refusal = fault("unreadable")
    } catch {
      // The connection broke, was silent for too long, or rests: it is opened again.
    } finally {
      clearTimeout(silence)
      // A refusal whose body is not read would hold its connection.
      own.abort()
      // One that was let rest may end after the next has begun.
      isCurrent = connection === own
      if (isCurrent) connection = undefined
    }
    if (isOver || !isCurrent || (restsWhileHidden && document.hidden)) return
    if (refusal === undefined) {
      if (!isRotated) listener.state("lost")
      if (isRotated && performance.now() - begun > firstDelay) void open()
      else later()
    } else {
      isOver = true
      listener.state(refusal)
    }
  }

  const onVisibility = (): void => {
    if (!restsWhileHidden) return
    if (document.hidden) {
      connection?.abort()
      connection = undefined
      clearTimeout(timer)
    } else void open()
  }
  document.addEventListener("visibilitychange", onVisibility)
  listener.state("connecting")
  void open()
  return () => {
    isOver = true
    clearTimeout(timer)
    connection?.abort()
    document.removeEventListener("visibilitychange", onVisibility)
  }
}
