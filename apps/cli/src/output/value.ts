import { escapeControls } from "../text/escapeControls.ts"
import { cellsOf, rowsOf } from "./BackupColumns.ts"
import { type Format, independentItems, type RenderContext } from "./Format.ts"

/**
 * Bare values for shell variables, a line each, best with a query. Line breaks are escaped as in JSON, so that a value
 * takes one line.
 */
export const value: Format = independentItems({
  backup: ({ backup }, surroundings) => lines(cellsOf(backup), surroundings),
  value: (json, surroundings) => lines(rowsOf(json).rows.flat(), surroundings)
})

const lines = (values: ReadonlyArray<string>, { isTerminal }: RenderContext): string | undefined =>
  values.length === 0 ? undefined : values.map(isTerminal ? escapeControls : onOneLine).join("\n")

/** The line breaks of shells, Python and Unicode: control characters and two separators. */
const onOneLine = (text: string): string => text.replace(/(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/gu, escapeControls)
