import { joined } from "../../messages/zh/phrases.ts"
import type { en } from "./en.ts"

/** `cbr whoami` 的中文文本。 */
export const zh: typeof en = {
  short: "将以谁的身份、向何处调用",
  long: "将以谁的身份、向何处调用：每项设置及其来源，以及被它取代的来源。",
  examples: [{ command: "cbr whoami --verify", description: "并通过一次调用验证" }],
  labels: { credential: "凭证", region: "区域", endpoint: "终端节点", project: "项目" },
  user: "用户",
  account: "账号",
  untold: "未知",
  identityUntold: {
    Token: "未知：不知道该终端节点的 IAM（CBR_IAM_ENDPOINT）",
    AccessKey: "未知：不知道该终端节点的 STS（CBR_STS_ENDPOINT）"
  },
  unset: "未设置",
  from: (place) => joined("来自", place),
  overridden: (place) => `${joined("来自", place)}，未采用`,
  verified: "服务认可该凭证"
}
