import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr show` 的中文文本。 */
export const zh: typeof en = {
  short: "显示备份",
  long: "显示一个或多个备份：状态、资源、时间、子备份和复制记录。",
  examples: [
    { command: `cbr show ${exampleId}`, description: "概览" },
    { command: `cbr show ${exampleId} -o json > backup.json`, description: "保存服务的响应" },
    { command: "cbr show --from backup.json", description: "读取已保存的响应，不需要网络和凭证" },
    { command: `cbr show ${exampleId} --query backup.status -o value`, description: "供脚本使用的单个值" },
    { command: "cbr show --resource ecs-orders-0001", description: "按名称查看服务器的最新备份" },
    { command: "cbr show - -o ndjson < ids.txt", description: "一次显示多个" }
  ],
  flags: {
    dryRun: "显示将要发送的内容（机密已遮盖），但不发送",
    concurrency: (usual) => `同时进行的调用数；默认 ${usual}`,
    unordered: "按完成顺序而不是 ID 的顺序输出多个备份",
    strict: `遇到文档未列的内容即失败（退出码 ${exitCodes.MalformedResponse}）`
  },
  dryRun: {
    canonicalRequest: "规范请求：",
    stringToSign: "待签名字符串：",
    nothingSent: "未发送任何请求"
  },
  dryRunIsOfIds: "--dry-run 显示按 ID 的调用；--resource 须先查询列表",
  fromIsOne: "--from 只读取一个响应：请给出一个 ID 用于核对，或不给"
}
