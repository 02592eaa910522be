import { escapeControls } from "../text/escapeControls.ts"
import { cellsOf, rowsOf } from "./Columns.ts"
import { type Format, independentItems, type RenderContext } from "./Format.ts"

/**
 * Bare values, a line each, for shell variables: best with a query that picks
 * what is wanted. What ends a line is spelt out as JSON would, so that a value
 * never takes two.
 */
export const value: Format = independentItems({
  backup: ({ backup }, surroundings) => lines(cellsOf(backup), surroundings),
  value: (json, surroundings) => lines(rowsOf(json).rows.flat(), surroundings)
})

const lines = (values: ReadonlyArray<string>, { isTerminal }: RenderContext): string | undefined =>
  values.length === 0 ? undefined : values.map(isTerminal ? escapeControls : onOneLine).join("\n")

/** What ends a line for a shell, for Python or for Unicode is a control character, or one of two separators. */
const onOneLine = (text: string): string => text.replace(/(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/gu, escapeControls)
