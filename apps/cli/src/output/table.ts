import type { JsonValue } from "@cbr/client/jmespath"
import { paint, type Piece } from "../text/Style.ts"
import { columns } from "../text/TableLayout.ts"
import { clip } from "../text/wrap.ts"
import { backupCard } from "./BackupCard.ts"
import { rowsOf } from "./BackupColumns.ts"
import * as BackupList from "./BackupList.ts"
import { type Format, independentItems, type RenderContext } from "./Format.ts"

type Line = ReadonlyArray<Piece>

/**
 * A table for people: of one backup the verdict and a line for each field, child and replication; of several a line
 * each.
 */
export const table: Format = (surroundings, many) => {
  const one = oneAlone(surroundings, many)
  if (!many) return one
  const list = BackupList.make(surroundings)
  return {
    next: (item) => (item._tag === "Backup" ? list.add(item.response.backup, item.id) : one.next(item)),
    end: list.end
  }
}

const oneAlone = independentItems({
  backup: ({ backup }, surroundings) => backupCard(backup, surroundings),
  value: (value, surroundings) => grid(value, surroundings),
  between: ""
})

/** Rows of a list of objects under a header, or the cells of anything else. */
const grid = (value: JsonValue, { colour, width }: RenderContext): string => {
  const { header, rows } = rowsOf(value)
  const head: Line = (header ?? []).map((name) => ({ text: name, tone: "strong" }))
  return columns(header === undefined ? rows : [head, ...rows])
    .map((line) => paint(clip(line, width), colour))
    .join("\n")
}
