import { inert } from "../TerminalText.ts"
import { cellsOf, rowsOf } from "./Columns.ts"
import { type Format, standingAlone, type Surroundings } from "./Format.ts"

/** Bare values, one a line, for shell variables: best with a query that picks what is wanted. */
export const value: Format = standingAlone({
  backup: ({ backup }, surroundings) => lines(cellsOf(backup), surroundings),
  value: (json, surroundings) => lines(rowsOf(json).rows.flat(), surroundings)
})

const lines = (values: ReadonlyArray<string>, { isTerminal }: Surroundings): string =>
  (isTerminal ? values.map(inert) : values).join("\n")
