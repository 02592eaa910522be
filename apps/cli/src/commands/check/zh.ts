import { exitCodes, monitoringCodes } from "../../exit/ExitCodes.ts"
import { joined, listed } from "../../messages/zh/phrases.ts"
import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

const mostNamed = 3

/** `cbr check` 的中文文本。 */
export const zh: typeof en = {
  short: "按规则检查备份（可作监控插件）",
  long: "按规则检查备份。首行和退出码遵循监控插件的约定。服务未说明某条规则所需的信息时，该规则为 UNKNOWN，绝不为 OK。",
  examples: [
    {
      command: `cbr check ${exampleId} --status available --max-age 24h --warn-age 20h`,
      description: "昨夜的备份在吗？"
    },
    {
      command: "cbr check --resource ecs-orders-0001 --max-age 26h --healthy --replicated ap-southeast-1",
      description: "按名称检查服务器：昨夜的备份完整吗，另一区域有吗？"
    },
    {
      command: "cbr check --all --max-age 26h --healthy --replicated ap-southeast-1 --expect servers.txt",
      description: "一次检查所有服务器，包括没有备份的"
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
    ofResource: "规则：属于此 ID 的资源",
    all: "按最新的完整备份检查每个有备份的服务器和磁盘",
    expect: "名称或 ID 的文件，每行一个，它们必须有备份；没有备份的为 CRITICAL",
    ignore: "不检查的名称、ID 或 'ecs-test-*' 这样的模式，或含这些内容的文件；可重复给出",
    seenWithin: "已有这么久没有备份（如 14d）的资源不检查而只计数，除非 --expect 指名",
    groupBy: "按存储库（vault）或资源类型（type）分组",
    policy: "含规则的 YAML 文件，名称同选项；选项优先",
    exitStyle: `monitoring：${monitoringCodes.join("、")}；cli：规则未满足为 ${exitCodes.Different}，其他故障同其他命令`
  },
  fleet: {
    of: (total, counts) => `${total} 个资源：${counts.join("，")}`,
    count: (count, state) => `${count} 个 ${state}`,
    ignored: (count) => `${count} 个已忽略`,
    gone: (count) => `${count} 个已不在`,
    contradicted: (names) =>
      `--ignore 略去了 --expect 中的 ${names.length} 个名称（${names.slice(0, mostNamed).join("、")}${names.length > mostNamed ? "……" : ""}）`,
    unmatched: (word) => `--ignore ${word} 没有忽略任何资源：没有此文件，也没有此名称或 ID 的服务器或磁盘`,
    unlisted: {
      "not-saved":
        "保存的列表没有复制记录，因此无法判断复制：请用 --replications 保存（cbr list --replications -o ndjson > backups.ndjson）",
      "not-answered": "服务的列表没有复制记录，因此无法判断复制：请给出 --replicated REGION 以逐个查询"
    },
    others: (count, afterOthers) => (afterOthers ? `另有 ${count} 个` : `${count} 个资源`),
    none: "此处没有任何服务器或磁盘有备份，也没有指名必须有备份的",
    checkPlace: "请检查区域和项目：cbr whoami；指名必须有备份的服务器：--expect FILE",
    onlyWithAll: "--expect、--ignore、--seen-within 和 --group-by 须与 --all 同用",
    giveAll: "请给出 --all，或去掉它们",
    allExcludes: "--all 不能与 ID 或 --resource 同时给出：它检查每个服务器和磁盘"
  },
  noRules: "没有给出规则，无可检查",
  lateWarning: "--warn-age 的告警永远不会出现：--max-age 先于它",
  warnEarlier: "请使 --warn-age 小于 --max-age",
  onlyDegraded: "--degraded 说明降级对 --healthy 的严重程度，但没有给出 --healthy",
  giveHealthy: "请同时给出 --healthy，或去掉 --degraded",
  noIds: "标准输入中没有备份",
  giveIds: "请在其中每行给出一个 ID",
  noNames: "--expect 的文件中没有服务器或云硬盘",
  giveNames: "请在该文件中每行给出一个名称或 ID，或去掉 --expect",
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
