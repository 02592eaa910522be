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
  ["string: a time such as {1}", "string：{1} 这样的时间"]
]
