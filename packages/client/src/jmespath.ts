/**
 * JMESPath: expressions as jmespath.org defines them, parsed for evaluation on any JSON value, and `query`, which makes
 * a condition of one for `waitUntil`.
 */
export { type Expression, parseExpression } from "./jmespath/parseExpression.ts"
export {
  field,
  isObject,
  type JsonObject,
  type JsonValue,
  parse as parseJson,
  stringify as stringifyJson
} from "./jmespath/JsonValue.ts"
export type { Miss } from "./jmespath/Evaluate.ts"
export { QueryFault, type QueryFaultReason, type QueryFaultSentences, queryFaultText } from "./jmespath/QueryFault.ts"
export { query } from "./watching/QueryCondition.ts"
