import * as Effect from "effect/Effect"

/**
 * Waits until the reader of standard output has taken the text, if more than the stream's buffer is unread. A
 * list would otherwise be held in memory as fast as the service gives it. A stream that fails ends the wait too.
 *
 * An end of output must not wait for it: an interrupted command prints one, and would not end before its reader.
 */
export const untilRead: Effect.Effect<void> = Effect.suspend(() =>
  process.stdout.writableNeedDrain
    ? Effect.callback<void>((resume) => void process.stdout.write("", () => resume(Effect.void)))
    : Effect.void
)
