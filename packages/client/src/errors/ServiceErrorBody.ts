import { omitUndefined } from "@cbr/domain"
import * as Result from "effect/Result"

/** The members of an error body, by the names in the API page's samples. */
export interface ServiceErrorBody {
  readonly error_code?: string
  readonly error_msg?: string
  readonly request_id?: string
}

/**
 * Reads the error bodies of CBR, IAM and the gateways before them: flat or
 * nested, `error_code`/`error_msg`, `errorCode`/`errorMsg`, `code`/`message`,
 * or no JSON at all, in which case the text itself is the message.
 * The message is not redacted yet: see `redactServiceText`.
 *
 * @example
 * ```ts
 * read(`{"error":{"code":401,"message":"Unauthorized"}}`) // { error_code: "401", error_msg: "Unauthorized" }
 * ```
 */
export const read = (text: string): ServiceErrorBody => {
  const body = parse(text)
  if (body === undefined) {
    const words = isMarkup.test(text) ? "" : text.trim()
    return words === "" ? {} : { error_msg: words }
  }
  const found: { -readonly [Key in keyof ServiceErrorBody]: ServiceErrorBody[Key] | undefined } = {}
  // Breadth first, so that an outer object's word counts before an inner one's.
  let level: Array<unknown> = [body]
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    for (const value of level) {
      found.error_code ??= textAt(value, "error_code", "errorCode", "code")
      found.error_msg ??= textAt(value, "error_msg", "errorMsg", "message")
      found.request_id ??= textAt(value, "request_id", "requestId")
    }
    level = level.flatMap((value) => Object.values(value as object).filter(isObject))
  }
  return omitUndefined(found)
}

const deepest = 4

const isMarkup = /^\s*</

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

const parse = (text: string): object | undefined => {
  const value = Result.getOrUndefined(Result.try((): unknown => JSON.parse(text)))
  return isObject(value) ? value : undefined
}

const textAt = (value: unknown, ...names: ReadonlyArray<string>): string | undefined => {
  for (const name of names) {
    const found = (value as Record<string, unknown>)[name]
    if (typeof found === "string" && found !== "") return found
    if (typeof found === "number") return String(found)
  }
  return undefined
}
