import { exitCodes, monitoringCodes } from "../../exit/ExitCodes.ts"
import { joined, listed } from "../../messages/zh/phrases.ts"
import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr check` 的中文文本。 */
export const zh: typeof en = {
  short: "按规则检查备份（可作监控插件）",
  long: "按规则检查备份。首行和退出码遵循监控插件的约定；缺失的信息为 UNKNOWN，绝不视为 OK。",
  examples: [
    {
      command: `cbr check ${exampleId} --status available --max-age 24h --warn-age 20h`,
      description: "昨夜的备份在吗？"
    },
    {
      command: "cbr check --from backup.json --replicated cn-south-1 --encrypted",
      description: "检查已保存的响应，不需要网络"
    },
    {
      command: `cbr check ${exampleId} --policy nightly.yaml --exit-style cli`,
      description: "规则来自文件，供流水线使用"
    }
  ],
  flags: {
    healthy:
      "规则：健康；降级为 WARNING，未知为 UNKNOWN，失败为 CRITICAL；进行中为 WARNING，同一资源另有完整备份满足规则时为 OK",
    degraded: "降级对 --healthy 的严重程度；默认 warning",
    status: "规则：状态为此值",
    maxAge: "规则：备份内容距今不超过此时长，如 24h 或 7d；失败的备份没有内容",
    warnAge: "备份内容距今超过此时长时告警",
    replicated: "规则：已复制到该区域；可重复给出",
    replicatedWithin: "备份之后允许复制花费的时长；默认须已完成",
    restorable: "规则：可恢复，以任意方式或此方式；默认 any",
    encrypted: "规则：已加密；--no-encrypted 为未加密",
    multiAz: "规则：多 AZ 备份；--no-multi-az 为单 AZ",
    notExpiringWithin: "规则：至少在此时长内不过期，如 7d",
    minChildren: "规则：至少有这么多子备份",
    childrenWhole: "规则：所有子备份均可用",
    resource: "规则：属于此 ID 的资源",
    policy: "含规则的 YAML 文件，名称同选项；选项优先",
    exitStyle: `monitoring：${monitoringCodes.join("、")}；cli：规则未满足为 ${exitCodes.Different}，其他故障同其他命令`
  },
  noRules: "没有给出规则，无可检查",
  lateWarning: "--warn-age 的告警永远不会出现：--max-age 先于它",
  warnEarlier: "请使 --warn-age 小于 --max-age",
  onlyDegraded: "--degraded 说明降级对 --healthy 的严重程度，但没有给出 --healthy",
  giveHealthy: "请同时给出 --healthy，或去掉 --degraded",
  noIds: "标准输入中没有备份",
  giveIds: "请在其中每行给出一个 ID",
  giveRules: "请给出规则，如 --status available 或 --max-age 24h，或 --policy FILE",
  policy: "无法使用规则文件",
  notYaml: (why) => `不是 YAML：“${why}”`,
  policyNext: "请按选项的名称书写规则，如 `max-age: 24h`；见 cbr check --help",
  rules: {
    healthy: "健康",
    status: "状态",
    age: "备份时长",
    not_expiring_within: "过期",
    replicated: "复制",
    restorable: "可恢复",
    encrypted: "加密",
    multi_az: "多 AZ",
    min_children: "子备份数",
    children_whole: "子备份完好",
    resource: "资源"
  },
  finding: (rule, actual, expected) => `${zh.rules[rule]} ${actual}，${joined("应为", expected)}`,
  compared: (actual, expected) => `${actual}（${joined("应为", expected)}）`,
  counts: ({ backups, failed, missing, missingNames, unknown }) =>
    listed([
      ...(failed === 0 ? [] : [`${failed} 条规则未满足`]),
      ...(missing === 0
        ? []
        : [`${missing} 个备份不存在${missingNames.length === 0 ? "" : `（${missingNames.join("、")}）`}`]),
      ...(unknown === 0 ? [] : [`${unknown} 条规则无法判断`]),
      ...(backups === 0 ? [] : [`${backups} 个备份未能检查`])
    ]),
  allKept: (count, verdict) =>
    verdict === undefined ? `${count} 条规则均满足` : count === 1 ? verdict : `${verdict}；${count} 条规则均满足`,
  meanwhile: (verdict, other) => `${verdict}；其间 ${other} 满足各项规则`
}
