import { exitCodes } from "../../exit/ExitCodes.ts"
import { shellWord } from "../../text/shellWord.ts"
import { exampleId } from "../../values/exampleId.ts"
import type { en } from "./en.ts"

/** `cbr wait` 的中文文本。 */
export const zh: typeof en = {
  short: "等待条件满足",
  long: `等待直到条件满足（退出码 ${exitCodes.Done}）、无法再满足（退出码 ${exitCodes.ConditionImpossible}）或超时（退出码 ${exitCodes.ConditionTimedOut}）。多个备份须全部满足（加 --any 则一个即可），其中一个已无法满足时全部结束。`,
  examples: [
    { command: `cbr wait ${exampleId} --for status=available`, description: "直到备份完成" },
    {
      command: `cbr wait ${exampleId} --for status=available --for replicated=cn-south-1 --timeout 2h`,
      description: "在同一响应中既完成又已复制"
    },
    {
      command: "cbr wait --resource ecs-orders-0001 --newer-than today --for status=available --timeout 4h",
      description: "服务器今晚的备份：已有且完整"
    },
    { command: `cbr wait ${exampleId} --for deleted`, description: "直到备份不存在" }
  ],
  flags: {
    for: "等待的条件：status=S[,S]、exists、deleted、replicated=区域、children=available、restorable[=方式]、query=JMESPATH；多个须同时满足",
    any: "多个备份中任一个满足即可",
    failFast: `条件已无法满足时立即结束（退出码 ${exitCodes.ConditionImpossible}）；默认如此，--no-fail-fast 则继续等待`,
    mustExist: `等待 deleted 时，从未存在的备份不算成功（退出码 ${exitCodes.BackupNotFound}）`,
    newerThan: "等待此时刻之后创建的备份，然后等待条件：距今的时长如 12h，带时区的时间，或 today",
    untilExists: "等待尚不存在的备份出现，如另一区域的副本；不给 --for 时只等待其出现"
  },
  newer: (resource, moment) => `等待 ${resource} 于 ${moment} 或之后创建的备份`,
  noneNewer: ({ moment, newest, time, word }) =>
    `等待 ${time} 内，${word} 自 ${moment} 以来没有新备份；${
      newest === undefined
        ? "它没有备份"
        : `最新的备份${newest.id === undefined ? "" : ` ${newest.id} `}创建于 ${newest.at ?? "未知时间"}`
    }`,
  listOf: (word) => `查看其备份：cbr list --resource ${shellWord(word)}`,
  newerOfResource: "--newer-than 须与 --resource 同用：它等待服务器或磁盘的下一个备份",
  condition: "无法理解条件",
  notACondition: (text, near) => `${JSON.stringify(text)} 不是条件${near === undefined ? "" : `；是否想用 ${near}？`}`,
  conditionNext:
    "条件：status=available,error  exists  deleted  replicated=区域  children=available  restorable[=backup|snapshot]  query=JMESPATH",
  met: (condition) => `${condition} 已满足`,
  neverThere: "备份不存在",
  neverSeen: "首次查询即不存在：备份早已删除，或从未存在",
  checkIds: "请检查备份 ID、项目和区域，或去掉 --must-exist",
  noCondition: "缺少必需的选项：--for（或 --until-exists，用于等待尚不存在的备份）"
}
