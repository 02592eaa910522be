import type { en } from "./en.ts"

/** `cbr explain` 的中文文本。 */
export const zh: typeof en = {
  short: "解释字段、状态或错误",
  long: "解释字段、状态、错误或服务错误码的含义；不需要网络。",
  examples: [
    { command: "cbr explain supported_restore_mode", description: "字段及其取值" },
    { command: "cbr explain waiting_protect", description: "取值" }
  ],
  args: {
    explain:
      "字段（如 replication_records.status）、取值（如 waiting_protect）、错误的名称或标题，或服务的错误码（如 APIGW.0301）；不给则列出全部字段和错误"
  },
  unknown: "无可解释",
  unknownWhy: "它不是 API 文档中的字段或取值，也不是错误种类或含义已知的错误码",
  unknownNext: "用 `cbr explain` 查看全部",
  types: {
    string: "文本",
    integer: "整数",
    boolean: "布尔",
    time: "时间",
    object: "对象",
    array: "列表",
    verdict: "结论",
    value: "取值",
    error: "错误"
  }
}
