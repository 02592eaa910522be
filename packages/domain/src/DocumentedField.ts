import type * as SchemaAST from "effect/SchemaAST"
import { BackupResp } from "./BackupResp.ts"
import { meaningOf } from "./FieldMeaning.ts"
import type { LocalizedText } from "./LocalizedText.ts"
import { memberMeanings } from "./OpenEnum.ts"

/**
 * One field of the page's tables.
 * @category Backups
 * @since 0.1.0
 */
export interface DocumentedField {
  /** Where, from the backup down: `replication_records[].status`. */
  readonly path: string
  /** The type of its value. */
  readonly type: "string" | "integer" | "boolean" | "time" | "object" | "array"
  readonly meaning: LocalizedText
  /** The documented values and what they mean, of an enumeration. */
  readonly values: Readonly<Record<string, LocalizedText>> | undefined
}

/**
 * Every field of a backup, in the page's order, each followed by those inside
 * it. `children[]` holds the same fields again, which are not repeated.
 *
 * @example
 * ```ts
 * documentedFields().find(({ path }) => path === "status")?.meaning.en // "Where the backup stands in its life"
 * ```
 * @category Backups
 * @since 0.1.0
 */
export const documentedFields = (): ReadonlyArray<DocumentedField> => within(BackupResp.ast, "")

const within = (ast: SchemaAST.AST, prefix: string): ReadonlyArray<DocumentedField> => {
  if (ast._tag !== "Objects") return []
  return ast.propertySignatures.flatMap(({ name, type }) => {
    const path = `${prefix}${String(name)}`
    const meaning = meaningOf(type)
    if (meaning === undefined) return []
    const field = { path, type: typeOf(type), meaning, values: memberMeanings(type) }
    const [element] = type._tag === "Arrays" ? type.rest : []
    return [field, ...(element === undefined ? within(type, `${path}.`) : within(element, `${path}[].`))]
  })
}

const typeOf = (ast: SchemaAST.AST): DocumentedField["type"] => {
  switch (ast._tag) {
    case "Objects":
      return "object"
    case "Arrays":
      return "array"
    case "Boolean":
      return "boolean"
    case "Number":
      return "integer"
    case "Declaration":
      return "time"
    default:
      return "string"
  }
}
