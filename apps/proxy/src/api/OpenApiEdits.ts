import type * as OpenApi from "effect/http-api/OpenApi"

const problemDescription = "RFC 9457, with the members that official SDKs read"

/** The generated description of the API, with the facts that the generator cannot know. */
export const edited = (generated: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const text = JSON.stringify(generated)
    // One schema for all statuses of a problem, where the generator makes one for each.
    .replaceAll(/"#\/components\/schemas\/Problem_\d+"/g, '"#/components/schemas/Problem"')
    // A caller sees only what a body holds; the generator tells it from what it is decoded to.
    .replaceAll(/(?<="(?:#\/components\/schemas\/)?)(\w+)Encoded(?=")/g, "$1")
    // The router's way to write a colon that begins no parameter.
    .replaceAll("/backups::batchGet", "/backups:batchGet")
    // The largest safe integer of JavaScript binds no body of the service's.
    .replaceAll(`,"minimum":${Number.MIN_SAFE_INTEGER},"maximum":${Number.MAX_SAFE_INTEGER}`, "")
    // The service adds members, which pass.
    .replaceAll(',"additionalProperties":false', "")
  const spec = JSON.parse(text) as OpenApi.OpenAPISpec
  const schemas = Object.entries(spec.components.schemas)
    .filter(([name]) => !/^Problem_\d+$/.test(name))
    .map(([name, schema]) => [
      name,
      name === "Problem" ? { ...schema, description: problemDescription } : nullable(schema)
    ])
  return { ...spec, components: { ...spec.components, schemas: Object.fromEntries(schemas) } }
}

type JsonSchema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly allOf?: ReadonlyArray<JsonSchema>
}

/** The service sends `null` for any member that it might leave out. */
const nullable = (schema: JsonSchema): JsonSchema => {
  const { properties, required = [] } = schema
  if (properties === undefined) return schema
  const members = Object.entries(properties).map(([name, member]) => [
    name,
    required.includes(name) ? member : orNull(member)
  ])
  return { ...schema, properties: Object.fromEntries(members) }
}

/** The generator puts what is said of a member behind its schema, in `allOf`. */
const orNull = ({ allOf = [], ...own }: JsonSchema): JsonSchema => {
  const [first, ...said] = Object.keys(own).length > 0 ? [own, ...allOf] : allOf
  return { anyOf: [first, { type: "null" }], ...Object.assign({}, ...said) }
}
