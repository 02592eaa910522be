import { styleText } from "node:util"
import { type BackupStatus, hasEnded, phase, type ReplicationStatus } from "@cbr/domain"
import * as CliOutput from "effect/cli/CliOutput"
import { escapeControls, isPrintableAscii } from "./escapeControls.ts"

/** The meaning of a colour. */
export type Tone = "good" | "bad" | "busy" | "faint" | "strong"

/** A piece of a line: text of any origin, whose control characters are escaped when it is painted. */
export type Piece = string | { readonly text: string; readonly tone: Tone | undefined }

const styles = {
  good: "green",
  bad: "red",
  busy: "yellow",
  faint: "dim",
  strong: "bold"
} as const satisfies Readonly<Record<Tone, string>>

/** Renders a line with its control characters escaped, in colour if wanted. */
export const paint = (pieces: ReadonlyArray<Piece>, colour: boolean): string =>
  pieces
    .map((piece) => {
      if (typeof piece === "string") return escapeControls(piece)
      const text = escapeControls(piece.text)
      return colour && piece.tone !== undefined && text !== ""
        ? styleText(styles[piece.tone], text, { validateStream: false })
        : text
    })
    .join("")

/** The columns that a painted piece takes. */
export const displayWidth = (piece: Piece): number => {
  const text = escapeControls(typeof piece === "string" ? piece : piece.text)
  return isPrintableAscii(text) ? text.length : CliOutput.displayWidth(text)
}

/** Pads a piece with blanks to a width. */
export const padded = (piece: Piece, width: number): ReadonlyArray<Piece> => [
  piece,
  " ".repeat(Math.max(0, width - displayWidth(piece)))
]

/** The tone of a backup's status. */
export const toneOfStatus = (status: BackupStatus | undefined): Tone => {
  if (status === "available") return "good"
  if (status === "error") return "bad"
  return phase(status) === "leaving" ? "bad" : "busy"
}

/** The tone of a replication's status. */
export const toneOfReplication = (status: ReplicationStatus | undefined): Tone => {
  if (status === "success") return "good"
  return hasEnded(status) ? "bad" : "busy"
}
