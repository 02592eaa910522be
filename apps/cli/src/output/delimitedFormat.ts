import { escapeControls } from "../text/escapeControls.ts"
import { backupColumns, cellsOf, rowsOf } from "./BackupColumns.ts"
import type { Format } from "./Format.ts"

/** A format of rows under one header; `row` joins the cells of a line. */
export const delimitedFormat =
  (row: (cells: ReadonlyArray<string>) => string): Format =>
  ({ isTerminal }) => {
    let header: string | undefined
    const under = (names: ReadonlyArray<string> | undefined, rows: ReadonlyArray<ReadonlyArray<string>>) => {
      const head = names === undefined ? undefined : row(names)
      const lines = [...(head === undefined || head === header ? [] : [head]), ...rows.map(row)]
      header = head
      return (isTerminal ? lines.map(escapeControls) : lines).join("\n")
    }
    return {
      next: (item) => {
        if (item._tag === "Failed") return undefined
        if (item._tag === "Backup") return under(backupColumns, [cellsOf(item.response.backup)])
        const { header: names, rows } = rowsOf(item.value)
        return under(names, rows)
      },
      end: () => undefined
    }
  }
