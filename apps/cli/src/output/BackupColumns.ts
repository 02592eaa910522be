import { field, isObject, type JsonValue } from "@cbr/client/jmespath"
import type { BackupResp } from "@cbr/domain"
import { cellText } from "../text/cellText.ts"

/** The fields of a backup that a flat format has a column for. */
export const backupColumns = [
  "id",
  "name",
  "status",
  "image_type",
  "resource_type",
  "resource_id",
  "resource_name",
  "resource_size",
  "incremental",
  "created_at",
  "protected_at",
  "expired_at",
  "vault_id",
  "project_id"
] as const satisfies ReadonlyArray<keyof BackupResp>

/** A backup's cells, in the order of {@link backupColumns}. */
export const cellsOf = (backup: BackupResp): ReadonlyArray<string> =>
  backupColumns.map((name) => (backup[name] === undefined ? "" : String(backup[name])))

/** A value as rows of cells: a list of objects gets a header of their keys, anything else is cells alone. */
export const rowsOf = (
  value: JsonValue
): { readonly header: ReadonlyArray<string> | undefined; readonly rows: ReadonlyArray<ReadonlyArray<string>> } => {
  const list = Array.isArray(value) ? (value as ReadonlyArray<JsonValue>) : [value]
  if (list.length > 0 && list.every(isObject)) {
    const header = [...new Set(list.flatMap((row) => Object.keys(row)))]
    return { header, rows: list.map((row) => header.map((key) => cellText(field(row, key)))) }
  }
  return {
    header: undefined,
    rows: list.map((row) => (Array.isArray(row) ? (row as ReadonlyArray<JsonValue>).map(cellText) : [cellText(row)]))
  }
}
