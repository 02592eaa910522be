import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Headers from "effect/http/Headers"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { RawTransport, RemainingBody } from "./RawTransport.ts"

/** The callbacks for an answer as it comes. After its end or failure they do nothing. */
export interface Answering {
  readonly head: (status: number, headers: Headers.Headers) => void
  readonly piece: (bytes: Uint8Array) => void
  readonly end: () => void
  /** @param isKeptOne whether the connection was a kept one that ended without a byte of the answer */
  readonly fail: (cause: Error, isKeptOne: boolean) => void
}

/** Sends a request, and tells how to close its connection. May throw instead. */
export type Send = (request: HttpClientRequest.HttpClientRequest, url: URL, answering: Answering) => () => void

/**
 * Exchanges by a transport that calls with each piece as it comes off the wire:
 * nothing stands between. Interrupting it closes the connection, and so does
 * its timeout, which is a timer of the same callback.
 *
 * A server may end a kept connection while a request is on its way there. The
 * request is then sent again, until a fresh connection carries it.
 *
 * @source RFC 9112, section 9.3.1
 */
export const callbackTransport =
  (send: Send): RawTransport =>
  (request, listener, timeout) =>
    Effect.withFiber((fiber) =>
      Effect.callback<RemainingBody, HttpClientError.HttpClientError | Cause.TimeoutError>((resume) => {
        let close: (() => void) | undefined
        let isLeft = false
        let stopTimer = noTimer
        /** Resumes the waiter for the end; absent between the head and the wait for the rest. */
        let tell: ((end: RemainingBody) => void) | undefined = (end) => {
          stopTimer()
          resume(end === nothing ? nothingRemains : Effect.as(end, nothing))
        }
        let end: RemainingBody | undefined

        const finish = (how: RemainingBody) => {
          if (end !== undefined) return
          end = how
          tell?.(how)
        }
        const fail = (reason: HttpClientError.HttpClientErrorReason) =>
          finish(Effect.fail(new HttpClientError.HttpClientError({ reason })))
        const stop = () => {
          tell = undefined
          isLeft = true
          stopTimer()
          close?.()
        }
        const leave = Effect.sync(stop)
        const rest: RemainingBody = Effect.callback((resume) => {
          if (end !== undefined) return resume(end)
          tell = resume
          return leave
        })

        const url = URL.parse(request.url)
        if (url === null) return fail(new HttpClientError.InvalidUrlError({ request }))
        const start = () => {
          let isOver = false
          try {
            close = send(request, url, {
              head: (status, headers) => {
                if (status < 200 || listener.head(status, headers)) return
                tell = undefined
                stopTimer()
                resume(Effect.succeed(rest))
              },
              piece: (bytes) => {
                if (end !== undefined || listener.piece(bytes)) return
                finish(nothing)
                close?.()
              },
              end: () => finish(nothing),
              fail: (cause, isKeptOne) => {
                if (isOver) return
                isOver = true
                // In a microtask: the transport still handles the connection that ended.
                if (isKeptOne) return queueMicrotask(() => isLeft || start())
                fail(new HttpClientError.TransportError({ request, cause }))
              }
            })
          } catch (cause) {
            fail(new HttpClientError.TransportError({ request, cause }))
          }
        }
        if (timeout !== undefined) {
          stopTimer = startTimer(fiber, timeout, () => {
            stop()
            resume(Effect.fail(new Cause.TimeoutError()))
          })
        }
        start()
        return leave
      })
    )

const noTimer = () => {}

const nothing: RemainingBody = Effect.void
const nothingRemains = Effect.succeed(nothing)

/** The requests of this client have a text or none. */
export const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): Uint8Array | null =>
  body._tag === "Uint8Array" ? body.body : null

/**
 * Calls back once after a duration, by the clock of a fiber. Returns how to
 * stop the timer. On the real clock it is one timer of the platform, where
 * `Effect.timeout` makes two fibers; on any other clock it is a fiber that sleeps.
 */
const startTimer = (
  fiber: Fiber.Fiber<unknown, unknown>,
  duration: Duration.Duration,
  onTimeout: () => void
): (() => void) => {
  const milliseconds = Duration.toMillis(duration)
  if (fiber.getRef(Clock.Clock) === platformClock && milliseconds <= maxTimerMilliseconds) {
    const timer = setTimeout(onTimeout, milliseconds)
    return () => clearTimeout(timer)
  }
  const sleeping = Effect.runForkWith(fiber.context)(Effect.andThen(Effect.sleep(duration), Effect.sync(onTimeout)))
  return () => sleeping.interruptUnsafe()
}

/** The clock of a fiber that was given no other. */
const platformClock = Context.get(Context.empty(), Clock.Clock)

/** The longest delay of `setTimeout`; beyond it, the platform calls back at once. */
const maxTimerMilliseconds = 2 ** 31 - 1
