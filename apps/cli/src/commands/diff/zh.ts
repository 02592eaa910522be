import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr diff` 的中文文本。 */
export const zh: typeof en = {
  short: "比较两个备份，或过去与现在",
  long: "逐字段比较两个备份；子备份和复制记录按 ID 对应。",
  examples: [
    { command: `cbr diff yesterday.json ${exampleId}`, description: "保存之后有何变化" },
    {
      command: "cbr diff a.json b.json --exit-code",
      description: `供脚本使用：有差异时退出码为 ${exitCodes.Different}`
    }
  ],
  args: {
    diffSide: "备份（同 show）、由 `show -o json` 保存的文件，或 - 表示标准输入"
  },
  none: "没有差异"
}
