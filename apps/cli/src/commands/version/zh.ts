import type { en } from "./en.ts"

/** `cbr version` 的中文文本。 */
export const zh: typeof en = {
  short: "版本、提交和运行时",
  long: "打印版本、构建所用的提交和运行时，供反馈问题时引用。",
  examples: [{ command: "cbr version", description: "这里运行的是什么？" }],
  ofCommit: (commit) => `提交 ${commit}`,
  fromSource: "源代码"
}
