import { isObject, type JsonObject, type JsonValue } from "@cbr/client/jmespath"

/**
 * A JSON value as YAML that readers of YAML 1.1 and of 1.2 take for the same. A text has no quotes only if both readers
 * see a text.
 *
 * @source https://yaml.org/type/ for what 1.1 reads, https://yaml.org/spec/1.2.2/ for 1.2
 */
export const yamlText = (value: JsonValue): string => lines(value).join("\n")

/** The lines of a value, as a document or beneath a key. */
const lines = (value: JsonValue): ReadonlyArray<string> => {
  if (isList(value) && value.length > 0) return value.flatMap((each) => behind("- ", lines(each)))
  if (isObject(value)) {
    const entries = entriesOf(value)
    if (entries.length > 0) return entries.flatMap(([name, of]) => entry(text(name), of))
  }
  return [scalar(value)]
}

const isList = (value: JsonValue): value is ReadonlyArray<JsonValue> => Array.isArray(value)

/** The fields with a value, as in JSON. */
const entriesOf = (value: JsonObject) => Object.entries(value).filter(([, of]) => of !== undefined)

/** Readers look this far for the colon behind a key; a longer key has marks of its own. */
const longestKey = 1000

const entry = (key: string, value: JsonValue): ReadonlyArray<string> => {
  const [before, mark] = key.length > longestKey ? [[`? ${key}`], ":"] : [[], `${key}:`]
  const isNested = isList(value) ? value.length > 0 : isObject(value) && entriesOf(value).length > 0
  return isNested
    ? [...before, mark, ...lines(value).map((line) => `  ${line}`)]
    : [...before, `${mark} ${scalar(value)}`]
}

const behind = (mark: string, [first = "", ...rest]: ReadonlyArray<string>): ReadonlyArray<string> => [
  mark + first,
  ...rest.map((line) => " ".repeat(mark.length) + line)
]

const scalar = (value: JsonValue): string => {
  if (typeof value === "string") return text(value)
  if (typeof value === "number") return number(value)
  if (isList(value)) return "[]"
  return isObject(value) ? "{}" : String(value)
}

/** YAML 1.1 sees a fraction only behind a point: `1.0e-7`. */
const number = (value: number): string => {
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf"
  return String(value).replace(/^(-?\d+)e/, "$1.0e")
}

const text = (value: string): string => (isPlain(value) ? value : quoted(value))

/** Words that begin with a letter, and ids; never a word that either YAML reads as true, false or null. */
const isPlain = (value: string): boolean => (plain.test(value) && !constant.test(value)) || uuid.test(value)

const plain = /^[\p{L}_/](?:[\p{L}\p{N}_./+@-]|[: ](?! |$))*$/u
const constant = /^(?:y|yes|n|no|true|false|on|off|null)$/i
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** JSON's quotes are YAML's; characters that a reader of YAML refuses are escaped. */
const quoted = (value: string): string =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
