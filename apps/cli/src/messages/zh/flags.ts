import { exitCodes } from "../../exit/ExitCodes.ts"
import type { Messages } from "../Messages.ts"

/** 各选项的作用。 */
export const flags: Messages["flags"] = {
  output:
    "输出格式；默认在终端为 table；在管道中 show 和 list 为 json，watch 为 ndjson，其他命令为文本；有 --query 时为 json",
  query: "从结果中选取内容的 JMESPath 表达式",
  profile: "使用由 `cbr configure` 保存的哪个配置；其内容优先于环境变量，由变量指定时则在其后",
  lang: "提示和帮助的语言；默认随系统区域设置",
  errorFormat: "标准错误的格式；默认在 -o json、yaml、ndjson 时为 json",
  color: "即使在管道中也使用颜色；--no-color 不使用",
  projectId: "备份所属的项目",
  region: "项目所在的区域，如 cn-north-4",
  endpoint: "CBR 或代理的地址，代替区域的地址",
  timeout: `整个命令的最长时间，如 500ms、30s 或 2m（退出码 ${exitCodes.TimedOut}）；默认 wait 为 30m，其他命令不限`,
  callTimeout: (usual) => `单次调用（含重试）的最长时间；默认 ${usual}`,
  retries: (usual) => `首次之后的重试次数；默认 ${usual}`,
  traceFile: "将每次请求追加到此文件，每次一行 JSON，不含机密",
  debug: "在标准错误中报告每次请求，机密已遮盖",
  resource: "此名称或 ID 的服务器或磁盘的最新备份；若多个资源同名则拒绝，绝不猜测",
  from: "读取已保存的响应，不调用服务；- 表示标准输入",
  exitCode: `有差异时以退出码 ${exitCodes.Different} 结束`,
  interval: (usual) => `进行中时两次查询的间隔，无变化时逐渐延长；默认 ${usual}`,
  strictStatus: `遇到文档未列的状态即失败（退出码 ${exitCodes.MalformedResponse}）`,
  verify: "通过一次调用验证凭证"
}
