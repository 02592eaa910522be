export {
  field,
  isObject,
  type JsonObject,
  type JsonValue,
  parseJson as parse,
  stringifyJson as stringify
} from "@cbr/client/jmespath"
