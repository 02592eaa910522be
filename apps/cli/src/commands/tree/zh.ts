import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr tree` 的中文文本。 */
export const zh: typeof en = {
  short: "以树形显示备份（即 show -o tree）",
  long: "以树形显示备份及其子备份和复制记录；等同于 show -o tree。",
  examples: [{ command: `cbr tree ${exampleId}`, description: "由哪些部分组成，复制到了哪里" }]
}
