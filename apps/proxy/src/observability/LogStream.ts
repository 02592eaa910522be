import type { Writable } from "node:stream"
import * as Context from "effect/Context"
import { counter } from "./Counters.ts"

/** Bytes that wait for the reader of the log. */
const mostWaiting = 16 * 1024 ** 2

const lost = counter(
  "cbr_proxy_log_lines_lost_total",
  "Log lines that were lost: the reader of the log was gone, or too slow"
)

/**
 * Writes lines to a stream whose reader may be slow, or end before the proxy
 * does: that costs lines, and neither the proxy nor its memory.
 *
 * @param most bytes that may wait; what comes beyond them is lost
 * @returns takes whole lines, each with its line break
 */
export const logStream = (stream: Writable, most = mostWaiting): ((lines: string) => void) => {
  const lose = (lines: string) => lost.updateUnsafe(lines.split("\n").length - 1, Context.empty())
  // The callback of each write counts its lines.
  stream.on("error", () => undefined)
  return (lines) => {
    if (stream.writableLength + lines.length > most) return lose(lines)
    stream.write(lines, (error) => {
      if (error) lose(lines)
    })
  }
}

/** Maximum wait of an ending process for the reader of its log, in milliseconds. */
const patience = 2_000

/** Calls back when a stream's reader has taken all that there is by the end of this turn; with false when it does not come to it. */
export const whenTaken = (stream: Writable, then: (isTaken: boolean) => void): void =>
  void setImmediate(() => {
    const waiting = setTimeout(() => then(false), patience)
    stream.write("", () => {
      clearTimeout(waiting)
      then(true)
    })
  })
