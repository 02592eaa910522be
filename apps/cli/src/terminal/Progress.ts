import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Messages } from "../messages/Messages.ts"
import { paint } from "../text/Style.ts"
import { clip } from "../text/wrap.ts"

const eraseLine = "\r\u001b[2K"

/** Writes to stderr without a line's end. */
export const writeError = (text: string) =>
  Effect.flatMap(Stdio.Stdio, (stdio) =>
    Effect.ignore(Stream.run(Stream.succeed(text), stdio.stderr({ endOnDone: false })))
  )

/** Runs a batch without showing its count. */
export const withoutProgress = <A, E, R>(batch: (count: (failed: boolean) => void) => Effect.Effect<A, E, R>) =>
  batch(() => {})

/**
 * Runs a batch that counts its items; after the first second
 * the count stands on stderr of a terminal until the end.
 */
export const withProgress = <A, E, R>(batch: (count: (failed: boolean) => void) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { progress } = yield* Messages
    let done = 0
    let failed = 0
    const counted = batch((isFailure) => {
      done++
      if (isFailure) failed++
    })
    return yield* withLine(counted, () => progress(done, failed))
  })

/** The subject of one call, and whether `--debug` shows its attempts. */
interface Call {
  readonly what: string
  readonly debug: boolean
}

/**
 * Runs a call; after the first second stderr of a terminal says that it is
 * under way, until its end.
 */
export const withSlowNotice =
  ({ debug, what }: Call) =>
  <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Stdio.Stdio> =>
    debug
      ? call
      : Effect.flatMap(Messages, ({ underWay }) =>
          withLine(call, (elapsed) => underWay(what, Duration.format(Duration.seconds(elapsed))))
        )

/** Shows a line on stderr of a terminal after the first second, unless errors are JSON, and erases it at the end. */
const withLine = Effect.fnUntraced(function* <A, E, R>(
  self: Effect.Effect<A, E, R>,
  line: (elapsed: number) => string
) {
  const { canAnimate, errorFormat, width } = yield* OutputOptions
  if (!canAnimate || errorFormat !== "text") return yield* self
  const started = yield* Clock.currentTimeMillis
  let isShown = false
  const show = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    isShown = true
    const text = line(Math.trunc((now - started) / 1000))
    // A line that wraps could not be erased.
    return writeError(eraseLine + paint(clip([text], width - 1), false))
  })
  const ticking = Effect.sleep("1 second").pipe(
    Effect.andThen(Effect.forever(Effect.andThen(show, Effect.sleep("200 millis"))))
  )
  const erase = Effect.suspend(() => (isShown ? writeError(eraseLine) : Effect.void))
  return yield* Effect.raceFirst(self, ticking).pipe(Effect.ensuring(erase))
})
