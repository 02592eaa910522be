import type { Messages } from "../Messages.ts"

const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** 各命令的作用。 */
export const commands: Messages["commands"] = {
  cbr: "查看华为云 CBR 中的备份。",
  show: {
    short: "显示备份",
    long: "显示一个或多个备份:状态、资源、时间、子备份和复制记录。",
    examples: [
      { command: `cbr show ${example}`, description: "概览" },
      { command: `cbr show ${example} -o json > backup.json`, description: "保存服务的响应" },
      { command: "cbr show --from backup.json", description: "读取已保存的响应,不需要网络和凭证" },
      { command: `cbr show ${example} --query backup.status -o value`, description: "供脚本使用的单个值" },
      { command: "cbr show - -o ndjson < ids.txt", description: "一次显示多个" }
    ]
  },
  tree: {
    short: "以树形显示备份(即 show -o tree)",
    long: "以树形显示备份及其子备份和复制记录;等同于 show -o tree。",
    examples: [{ command: `cbr tree ${example}`, description: "由哪些部分组成,复制到了哪里" }]
  }
}
