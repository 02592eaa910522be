import { conditionForms, type Sentences, type ConditionDetails } from "@cbr/client"
import { BackupStatus } from "@cbr/domain"
import * as Duration from "effect/Duration"
import { queryFault } from "../queryFaults.ts"

const forms = conditionForms.join("、")

/** 未知的词可能指什么。 */
const meant = (near: string | undefined): string => (near === undefined ? "" : `；是否想用 ${near}？`)

/** 逐一说明的原因数。 */
const mostReasons = 3

/** 条件的进展，以及哪些不是条件。 */
export const conditions: Sentences<ConditionDetails> = {
  "condition-impossible": ({ condition, reason }, say) => `${condition} 已无法满足：${say(reason)}`,
  "condition-not-met-within": ({ condition, last, milliseconds }, say) =>
    `${condition} 在 ${Duration.format(Duration.millis(milliseconds))} 内未能满足：${say(last)}`,
  "condition-not-met-at-end": ({ condition, last }, say) => `${condition} 直到查询结束也未能满足：${say(last)}`,
  "condition-not-met-by-saved": ({ condition, reason }, say) => `已保存的响应不满足 ${condition}：${say(reason)}`,
  "no-look-yet": () => "当时尚无一次查询完成",
  "look-failed": ({ reason }, say) => `最后一次查询失败：${say(reason)}`,
  "backup-gone": () => "备份已不存在",
  "status-is": ({ path, status }) => `${path === undefined ? "" : `${path} 的`}状态为 ${status}`,
  "status-missing": ({ path }) => `${path === undefined ? "" : `${path} 的`}状态缺失`,
  "no-replication": ({ region }) => `没有到 ${region} 的复制`,
  "replication-is": ({ progress, region, status }) =>
    `到 ${region} 的复制${status === undefined ? "没有状态" : `为 ${status}`}${progress === undefined ? "" : `（${progress}%）`}`,
  "restore-mode-is": ({ mode }) => (mode === undefined ? "未告知恢复方式" : `恢复方式为 ${mode}`),
  "test-not-held": () => "该测试不成立",
  "test-gives": ({ missing, near, value }) =>
    [
      `其结果为 ${value}`,
      ...(missing === undefined ? [] : [`响应中没有字段 ${missing}`]),
      ...(near === undefined ? [] : [`是否想用 ${near}？`])
    ].join("；"),
  "not-there-yet": () => "尚无此备份",
  "several-reasons": ({ reasons }, say) =>
    `${reasons.slice(0, mostReasons).map(say).join("，")}${
      reasons.length > mostReasons ? `，另有 ${reasons.length - mostReasons} 个原因` : ""
    }`,
  "deletion-undone": ({ status }) => `备份曾在删除中，但状态又为 ${status}`,
  "replication-ended": ({ reasons, region, status }) => [`到 ${region} 的复制以 ${status} 结束`, ...reasons].join("，"),
  "condition-not-text": () => `条件须为文本；可用的有 ${forms}`,
  "no-condition": () => `没有给出条件：${forms}`,
  "deleted-with-others": () => "deleted 不能与其他条件同时满足",
  "replicated-needs-region": () => "replicated 需要区域 ID，如 replicated=cn-south-1",
  "restorable-mode-unknown": ({ near }) => `restorable 之后不跟任何内容，或跟 =backup、=snapshot${meant(near)}`,
  "not-a-status": ({ near, status }) =>
    `${JSON.stringify(status)} 不是状态；可用的有 ${BackupStatus.members.join("、")}${meant(near)}`,
  "not-a-condition": ({ condition, near }) => `${JSON.stringify(condition)} 不是条件；可用的有 ${forms}${meant(near)}`,
  "not-a-query": ({ query, reason }) => `${query} 不是查询表达式：${queryFault(reason)}`,
  "query-not-read": () => "query= 需要从 @cbr/client/jmespath 导入 query"
}
