import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import type { LocalizedText } from "./LocalizedText.ts"

const annotation = "~cbr/Meaning"

/**
 * Says what a field means, in both languages. The English text is the field's
 * `description` too, so that a JSON Schema or an OpenAPI document has it.
 */
export const documented =
  (text: LocalizedText) =>
  <S extends Schema.Top>(schema: S): S["Rebuild"] =>
    schema.annotateKey({ description: text.en, [annotation]: text })

/** The meaning of the field of this node; `undefined` without one. */
export const meaningOf = (ast: SchemaAST.AST): LocalizedText | undefined =>
  ast.context?.annotations?.[annotation] as LocalizedText | undefined
