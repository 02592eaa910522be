import * as Schema from "effect/Schema"
import { Configuration } from "./Configuration.ts"

/** What part of a JSON Schema says which settings there are. */
export interface Described {
  readonly type?: unknown
  readonly properties?: Readonly<Record<string, Described>>
}

const { definitions } = Schema.toJsonSchemaDocument(Configuration, { onExcessProperty: "error" })

/** The configuration file as a JSON Schema. */
export const described: Described = definitions["Configuration"] as Described

/**
 * The JSON Schema of the configuration file, as it is published. What refers
 * from one setting to another is left to `cbr-proxy check`.
 *
 * @source JSON Schema, draft 2020-12
 */
export const jsonSchemaText = `${JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", ...described }, null, 2)}\n`
