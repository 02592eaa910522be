import { BackupStatus, ResourceType } from "@cbr/domain"
import type { en } from "./en.ts"

const when = "距今的时长如 12h，带时区的时间，或 today"

/** `cbr list` 的中文说明。 */
export const zh: typeof en = {
  short: "列出备份，最新的在前",
  long: "列出项目的备份，最新的在前：全部备份、符合条件的备份，或每个服务器和磁盘的最新备份。",
  examples: [
    { command: "cbr list --resource ecs-orders-0001", description: "按名称列出一台服务器的所有备份" },
    { command: "cbr list --latest", description: "每个服务器或磁盘一行：其最新备份" },
    { command: "cbr list --status error,deleting --since 7d", description: "本周的异常" },
    { command: "cbr list --vault VAULT_ID -o value | cbr show - -o csv", description: "将 ID 交给其他命令" },
    { command: "cbr list --replications -o ndjson > backups.ndjson", description: "保存列表，供离线检查" }
  ],
  flags: {
    resource: "此名称或 ID 的服务器或磁盘的备份",
    vault: "此 ID 的存储库中的备份",
    status: `处于这些状态之一的备份，以逗号分隔：${BackupStatus.members.join("、")}`,
    since: `在此时刻或之后创建的备份：${when}`,
    until: `在此时刻或之前创建的备份：${when}`,
    name: "此名称的备份",
    type: `此类型资源的备份：${ResourceType.members.join("、")}`,
    imageType: "在本地创建的备份，或从别处复制而来的备份",
    replications: "包含到其他区域的复制；默认如此，--no-replications 则不包含，此时结论不涉及复制",
    limit: "最多多少行；默认全部",
    latest: "仅列出每个服务器和磁盘的最新备份；列表可能不完整时退出码为 12",
    from: "读取已保存的列表，不调用服务；- 表示标准输入"
  },
  none: "没有符合条件的备份",
  noStatus: (text) => `--status ${JSON.stringify(text)} 中没有状态`,
  giveStatus: `请给出 ${BackupStatus.members.join("、")} 之一或几个；或去掉 --status 以列出全部备份`,
  unlisted: "没有列出复制记录，因此结论不涉及复制：请用 --replications 列出或保存"
}
