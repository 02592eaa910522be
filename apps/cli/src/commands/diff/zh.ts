import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr diff` 的中文文本。 */
export const zh: typeof en = {
  short: "比较两个备份，或过去与现在",
  long: "逐字段比较两个备份；子备份和复制记录按 ID 对应。",
  examples: [
    { command: `cbr diff yesterday.json ${exampleId}`, description: "保存之后有何变化" },
    { command: "cbr diff --resource ecs-orders-0001", description: "服务器的最新备份与前一个相比" },
    {
      command: "cbr diff a.json b.json --exit-code",
      description: `供脚本使用：有差异时退出码为 ${exitCodes.Different}`
    }
  ],
  args: {
    diffSide: "备份（同 show）、由 `show -o json` 保存的文件，或 - 表示标准输入"
  },
  resource: "比较此名称或 ID 的服务器或磁盘的最新两个备份",
  twoSides: "请给出 BEFORE 和 AFTER，或仅给出 --resource NAME 以比较服务器的最新两个备份",
  none: "没有差异"
}
