import type { Messages } from "../Messages.ts"

/** 各选项的作用。 */
export const flags: Messages["flags"] = {
  output: "输出格式;默认在终端为 table,在管道中为 json",
  query: "从结果中选取内容的 JMESPath 表达式",
  lang: "提示和帮助的语言;默认随系统区域设置",
  errorFormat: "标准错误的格式;默认在 -o json、yaml、ndjson 时为 json",
  color: "即使在管道中也使用颜色;--no-color 不使用",
  projectId: "备份所属的项目",
  region: "项目所在的区域,如 cn-north-4",
  endpoint: "CBR 或代理的地址,代替区域的地址",
  timeout: (usual) => `一次调用(含重试)的最长时间,如 500ms、30s 或 2m;默认 ${usual}`,
  retries: (usual) => `首次之后的重试次数;默认 ${usual}`,
  debug: "在标准错误中报告每次请求,机密已遮盖",
  from: "读取已保存的响应,不调用服务;- 表示标准输入",
  strict: "遇到文档未列的内容即失败(退出码 11)",
  dryRun: "显示将要发送的内容(机密已遮盖),但不发送",
  concurrency: (usual) => `同时进行的调用数;默认 ${usual}`,
  unordered: "按完成顺序而不是 ID 的顺序输出多个备份"
}
