import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stdio from "effect/Stdio"
import { OutputOptions } from "../args/OutputOptions.ts"
import { paint, type Piece } from "../text/Style.ts"
import { clip } from "../text/wrap.ts"
import { quitKey, takesKeys } from "./Keyboard.ts"
import { writeError } from "./Progress.ts"

const hideCursor = "\u001b[?25l"
const showCursor = "\u001b[?25h"
const eraseBelow = "\u001b[J"
const marks = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

/** Redraws a block of lines in place, on stderr. */
export interface LiveView {
  /** Redraws now. */
  readonly refresh: Effect.Effect<void>
  /** Ends when the user presses `q`. */
  readonly quit: Effect.Effect<void>
}

/**
 * Makes a view that redraws itself five times a second until its scope closes. Then the last state stays, and cursor
 * and keys are restored. `lines` gets the mark of the spinner, and the key that ends the view.
 */
export const make = Effect.fnUntraced(function* (
  lines: (mark: string, quitBy: "q" | "Ctrl-C") => ReadonlyArray<ReadonlyArray<Piece>>
): Effect.fn.Return<LiveView, never, Scope.Scope | Stdio.Stdio> {
  const { errorColour, width } = yield* OutputOptions
  let drawn = 0
  let turn = 0
  let isLeft = false
  const quitBy = takesKeys() ? "q" : "Ctrl-C"

  const frame = () => {
    const mark = marks[turn++ % marks.length] ?? ""
    const painted = lines(mark, quitBy).map((line) =>
      // A wrapped line could not be overwritten.
      paint(clip(line, width - 1), errorColour)
    )
    const back = drawn === 0 ? "\r" : `\r\u001b[${drawn}A`
    drawn = painted.length
    return `${back}${eraseBelow}${painted.map((line) => `${line}\n`).join("")}`
  }
  const stdio = yield* Stdio.Stdio
  const refresh = Effect.suspend(() => (isLeft ? Effect.void : writeError(frame()))).pipe(
    Effect.provideService(Stdio.Stdio, stdio)
  )
  /** Runs before the program stops, when no effect runs in time. */
  const left = () => {
    isLeft = true
    process.stderr.write(showCursor)
  }
  /** The shell has written below the view, so it begins anew. */
  const entered = () => {
    isLeft = false
    drawn = 0
    process.stderr.write(hideCursor)
  }

  yield* Effect.acquireRelease(
    Effect.andThen(
      writeError(hideCursor),
      Effect.sync(() => process.once("exit", left))
    ),
    () =>
      refresh.pipe(Effect.andThen(writeError(showCursor)), Effect.andThen(Effect.sync(() => process.off("exit", left))))
  )
  const quit = yield* quitKey({ left, entered })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(refresh, Effect.sleep("200 millis"))))
  return { refresh, quit }
})
