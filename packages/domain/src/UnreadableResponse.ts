import * as Schema from "effect/Schema"
import type { LocalizedText } from "./LocalizedText.ts"

/**
 * The fault by which a body is no answer to ShowBackup or ListBackups:
 *
 * - `empty`: there is nothing in it;
 * - `not-json`: it is no JSON text;
 * - `not-a-backup`: it is JSON, but not `{"backup": {…}}`;
 * - `not-a-list`: it is JSON, but not `{"backups": […]}`;
 * - `too-large`: it is longer than the limit, in characters;
 * - `list-too-large`: a list has more characters than that beside its backups, or a backup of more than the limit;
 * - `too-deep`: its objects and arrays nest deeper than the limit, in levels.
 * @category Requests and responses
 * @since 0.2.0
 */
export const UnreadableFault = Schema.Union([
  Schema.Struct({ code: Schema.Literals(["empty", "not-json", "not-a-backup", "not-a-list"]) }),
  Schema.Struct({ code: Schema.Literal("too-large"), characters: Schema.Int, limit: Schema.Int }),
  Schema.Struct({ code: Schema.Literal("list-too-large"), beside: Schema.Int, limit: Schema.Int }),
  Schema.Struct({ code: Schema.Literal("too-deep"), limit: Schema.Int })
])

/**
 * The fault by which a body is no answer to ShowBackup or ListBackups.
 * @category Requests and responses
 * @since 0.2.0
 */
export type UnreadableFault = typeof UnreadableFault.Type

/**
 * A fault of a body in a clause, such as `the body is empty`.
 * @category Requests and responses
 * @since 0.2.0
 */
export const unreadableText = (fault: UnreadableFault): LocalizedText => {
  switch (fault.code) {
    case "empty":
      return { en: "the body is empty", zh: "内容为空" }
    case "not-json":
      return { en: "the body is not JSON", zh: "内容不是 JSON" }
    case "not-a-backup":
      return {
        en: "the body is JSON but not an object with an object `backup`",
        zh: "内容是 JSON，但不是含有对象 `backup` 的对象"
      }
    case "not-a-list":
      return {
        en: "the body is JSON but not an object with one array `backups`",
        zh: "内容是 JSON，但不是含有一个数组 `backups` 的对象"
      }
    case "list-too-large":
      return {
        en: `the body has more than ${fault.beside} characters beside its backups, or a backup of more than ${fault.limit}`,
        zh: `内容在各备份之外超过 ${fault.beside} 个字符，或有备份超过 ${fault.limit} 个字符`
      }
    case "too-large":
      return {
        en: `the body has ${fault.characters} characters, more than ${fault.limit}`,
        zh: `内容有 ${fault.characters} 个字符，超过 ${fault.limit}`
      }
    case "too-deep":
      return {
        en: `the body nests more than ${fault.limit} levels deep`,
        zh: `内容嵌套超过 ${fault.limit} 层`
      }
  }
}

/**
 * A body that is not an answer to ShowBackup or ListBackups at all. The message never quotes it.
 * @category Requests and responses
 * @since 0.1.0
 */
export class UnreadableResponse extends Schema.TaggedError<UnreadableResponse>()("UnreadableResponse", {
  fault: UnreadableFault
}) {
  override get message(): string {
    return unreadableText(this.fault).en
  }
}
