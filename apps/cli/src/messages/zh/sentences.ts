/**
 * What the core says in English, and how Chinese has it. `{1}`, `{2}` stand for
 * what it is said of, which stays; `{1*}` is itself such a sentence.
 */
export const sentences: ReadonlyArray<readonly [en: string, zh: string]> = [
  // 设置的来处
  ["environment", "环境变量"],
  ["environment, by password", "环境变量（密码）"],
  ["federation", "联邦认证"],
  ["profile", "配置"],
  ["profile {1}", "配置 {1}"],
  ["cloud {1}", "云 {1}"],
  ["region", "区域"],
  ["the SDKs' file", "SDK 的文件"],
  ["pod identity", "Pod 身份"],
  ["ECS metadata", "ECS 元数据"],
  ["{1} or {2}", "{1} 或 {2}"],

  // 偏离与取值
  ["no such field", "没有此字段"],
  ["one of {1}", "{1} 之一"],
  ["array of {1}", "有 {1} 项的 array"],
  ["number beyond 2^53", "超过 2^53 的 number"],
  ["string: a time such as {1}", "string：{1} 这样的时间"],

  // 值的要求
  ["Missing key", "缺少此项"],
  ["Unexpected key", "没有此项"],
  ["Unexpected key with value {1}", "没有此项，其值为 {1}"],
  ["Expected {1}, got {2}", "应为 {1*}，实为 {2}"],
  ["Expected {1}", "应为 {1*}"],
  ["expected {1}", "应为 {1*}"],
  ["{1}: expected {2}", "{1}：应为 {2*}"],
  ["a span such as {1}", "{1*} 这样的时长"],
  ["a time from {1} to {2}, such as {3}", "{1} 到 {2} 的时间，如 {3*}"],
  ["{1}, {2} or {3}", "{1}、{2} 或 {3}"],
  ["{1}, {2}, {3} or {4}", "{1}、{2}、{3} 或 {4}"],
  ["a value greater than or equal to {1}", "不小于 {1} 的值"],
  ["a value less than or equal to {1}", "不大于 {1} 的值"],
  ["a string representing a finite number", "数字"],
  ["an integer", "整数"],
  ["a project id: {1} to {2} letters, digits, - or _", "项目 ID：{1} 到 {2} 个字母、数字、- 或 _"],
  ["a backup id: a UUID such as {1}", "备份 ID：{1} 这样的 UUID"]
]
