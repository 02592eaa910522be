import * as Schema from "effect/Schema"
import { Configuration } from "./Configuration.ts"

const { definitions } = Schema.toJsonSchemaDocument(Configuration, { onExcessProperty: "error" })

/**
 * The published JSON Schema of the configuration file. Settings that refer to
 * others are left to `cbr-proxy check`.
 *
 * @source JSON Schema, draft 2020-12
 */
export const jsonSchemaText = `${JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", ...(definitions["Configuration"] as object) }, null, 2)}\n`
