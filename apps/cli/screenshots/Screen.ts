import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import xterm, { type IBufferCell } from "@xterm/headless"

/** A stretch of one line in one style. */
export interface Span {
  readonly text: string
  /** The first column, from 0. */
  readonly column: number
  /** The width in columns. */
  readonly width: number
  readonly colour: number | undefined
  readonly isBold: boolean
  readonly isFaint: boolean
}

/** The content of a terminal, line by line. */
export type Screen = ReadonlyArray<ReadonlyArray<Span>>

const main = fileURLToPath(new URL("../dist/main.cjs", import.meta.url))
const clock = new URL("clock.ts", import.meta.url).href

/** The texts that differ between runs: the id of a request, and the port of the simulator. */
const passing: ReadonlyArray<readonly [RegExp, string]> = [
  [/(?<=(?:request|请求) )[0-9a-f]{32}/g, "a26d5fba7fa11604ece2d150a5ef5aa9"],
  [/(?<=127\.0\.0\.1:)\d{5}/g, "18080"]
]

/** Runs the built `cbr` against the simulator in a pseudo-terminal, and reads what stands there at the end. */
export const screenOf = async (
  words: ReadonlyArray<string>,
  { columns, lang, seconds }: { readonly columns: number; readonly lang: string; readonly seconds?: number }
): Promise<Screen> => {
  const quoted = (all: ReadonlyArray<string>) => all.map((word) => `'${word}'`).join(" ")
  const cbr = [process.execPath, main, ...words]
  // A live view goes on for ever: it is left as a reader leaves it.
  const run = seconds === undefined ? cbr : ["timeout", "--foreground", "-s", "INT", String(seconds), ...cbr]
  const line = `stty cols ${columns} rows 60; ${quoted([process.execPath, main, "simulate", "--", ...run])}; true`
  const written = execFileSync("script", ["-qefc", line, "/dev/null"], {
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      TERM: "xterm-256color",
      CBR_LANG: lang,
      CBR_METADATA: "off",
      NODE_OPTIONS: `--import=${clock}`
    },
    stdio: ["ignore", "pipe", "inherit"]
  })
  const terminal = new xterm.Terminal({ cols: columns, rows: 60, allowProposedApi: true })
  const shown = `\u001b[2m$\u001b[22m \u001b[1mcbr ${words.join(" ")}\u001b[22m\r\n${passing.reduce(
    (text, [pattern, instead]) => text.replaceAll(pattern, instead),
    written
  )}`
  await new Promise<void>((resolve) => terminal.write(shown, resolve))
  const lines = Array.from({ length: terminal.buffer.active.length }, (_, row) => spansOf(terminal, row))
  return lines.slice(0, lines.findLastIndex((spans) => spans.length > 0) + 1)
}

const spansOf = (terminal: InstanceType<typeof xterm.Terminal>, row: number): ReadonlyArray<Span> => {
  const line = terminal.buffer.active.getLine(row)
  if (line === undefined) return []
  const spans: Array<Span> = []
  for (let column = 0; column < line.length; column++) {
    const cell = line.getCell(column)
    if (cell === undefined || cell.getWidth() === 0) continue
    const text = cell.getChars() || " "
    const style = styleOf(cell)
    const last = spans.at(-1)
    // Wide characters stand in a stretch of their own, so that each font keeps them in their columns.
    if (last !== undefined && isSame(last, style) && isWide(last) === cell.getWidth() > 1) {
      spans[spans.length - 1] = { ...last, text: last.text + text, width: last.width + cell.getWidth() }
    } else spans.push({ text, column, width: cell.getWidth(), ...style })
  }
  return spans.flatMap(words)
}

/** A stretch without its blanks, of which a picture would make one: what stands between them, each in its place. */
const words = (span: Span): ReadonlyArray<Span> => {
  if (isWide(span)) return [span]
  return Array.from(span.text.matchAll(/\S+(?: \S+)*/g), ({ 0: text, index }) => ({
    ...span,
    text,
    column: span.column + index,
    width: text.length
  }))
}

type Style = Pick<Span, "colour" | "isBold" | "isFaint">

const styleOf = (cell: IBufferCell): Style => ({
  colour: cell.isFgPalette() ? cell.getFgColor() : undefined,
  isBold: cell.isBold() !== 0,
  isFaint: cell.isDim() !== 0
})

const isSame = (a: Style, b: Style) => a.colour === b.colour && a.isBold === b.isBold && a.isFaint === b.isFaint

const isWide = ({ text, width }: Span) => width > Array.from(text).length
