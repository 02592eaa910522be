import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr drift` 的中文文本。 */
export const zh: typeof en = {
  short: "响应与 API 文档的偏离",
  long: "服务的响应与 API 文档的偏离：类型不符、文档未列的字段和取值。",
  examples: [{ command: `cbr drift ${exampleId}`, description: "文档是否仍然正确？" }],
  none: "没有偏离：响应与 API 文档一致",
  kinds: { WrongType: "类型不符", UndocumentedField: "文档未列的字段", UndocumentedValue: "文档未列的取值" }
}
