import { listed } from "../../messages/zh/phrases.ts"
import type { en } from "./en.ts"

/** `cbr profiles` 的中文文本。 */
export const zh: typeof en = {
  short: "列出、选择和删除配置",
  long: "列出由 `cbr configure` 保存的配置，选择默认配置（use），或删除（rm）。",
  examples: [{ command: "cbr profiles use work", description: "设为默认" }],
  args: {
    profilesAction: "ls（亦作 list）、use 或 rm；默认 ls",
    profile: "配置的名称；use 和 rm 需要给出"
  },
  none: "没有配置；用 `cbr configure` 创建",
  unknown: "没有该配置",
  has: (names) => (names.length === 0 ? "尚无任何配置" : `已有 ${listed(names)}`),
  configure: "用 `cbr configure NAME` 创建",
  done: { use: (name) => `默认配置现为 ${name}`, rm: (name) => `已删除配置 ${name}` },
  noProfileName: "缺少必需的参数：NAME，即要使用或删除的配置",
  listsAll: "profiles ls 列出全部配置，不接受 NAME"
}
