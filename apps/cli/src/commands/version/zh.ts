import type { en } from "./en.ts"

/** `cbr version` 的中文文本。 */
export const zh: typeof en = {
  short: "版本、提交和运行时",
  long: "打印版本、构建所用的提交和运行时，供反馈问题时引用。若配置中有 version_url，终端还会在该地址给出更新版本时提示；每天只查询一次，设置了 CI 时从不查询。",
  examples: [{ command: "cbr version", description: "这里运行的是什么？" }],
  ofCommit: (commit) => `提交 ${commit}`,
  fromSource: "源代码",
  newer: (version) => `已有更新的版本：cbr ${version}`
}
