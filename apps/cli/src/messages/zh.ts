import { failureText } from "@cbr/client"
import { type Drift, driftText } from "@cbr/domain"
import type * as CliError from "effect/cli/CliError"
import { shellWord } from "../text/shellWord.ts"
import type { InvalidValue } from "../values/InvalidValue.ts"
import type { Messages } from "./Messages.ts"
import { backup } from "./zh/backup.ts"
import { clientFailures } from "./zh/clientFailures.ts"
import { placeName } from "./zh/credentialPlaces.ts"
import { expected } from "./zh/expectations.ts"
import { flags } from "./zh/flags.ts"
import { input } from "./zh/input.ts"
import { joined, listed } from "./zh/phrases.ts"
import { settings } from "./zh/settings.ts"
import { source } from "./zh/sources.ts"

const unitsOfTime = { year: "年", month: "个月", day: "天", hour: "小时", minute: "分钟", second: "秒钟" }

/** 中文。 */
export const zh: Messages = {
  locale: "zh",
  fromNow: (count, unit, isPast) => `${count}${unitsOfTime[unit]}${isPast ? "前" : "后"}`,
  pick: (both) => both.zh,
  detail: (detail) => failureText(detail, clientFailures),
  place: placeName,
  named: (name, said) => `${name}：${said}`,
  aside: (said) => `（${said}）`,
  listed,
  meant: (near) => `是否想用 ${near}？`,
  between: "；",
  expected,
  source,
  cbr: "查看华为云 CBR 中的备份。",
  flags,
  args: {
    ids: "备份 ID、区域/项目/ID 或完整的请求地址；- 表示从标准输入读取：每行一个 ID，或含 ID 的 JSON",
    id: "备份 ID、区域/项目/ID 或完整的请求地址",
    watched: "备份 ID、区域/项目/ID 或完整的请求地址"
  },
  help: {
    usage: "用法",
    arguments: "参数",
    commands: "命令",
    flags: "选项",
    everywhere: "通用选项",
    examples: "示例",
    builtIn: { help: "显示帮助", version: "显示版本号" }
  },
  failure: {
    exit: (code) => `退出码 ${code}`,
    what: "对象：",
    why: "原因：",
    next: "建议：",
    ids: "标识：",
    request: (id, time) => `请求 ${id}  时间 ${time}`,
    errorCode: (code) => `错误码 ${code}`,
    attempts: (count) => `共尝试 ${count} 次`,
    clockOff: (seconds) => `请校准时钟：比服务的时间${seconds < 0 ? "慢" : "快"} ${Math.abs(seconds)} 秒`,
    comeBack: (seconds) => `请在 ${seconds} 秒后再试`,
    untrusted: "请检查终端节点；若使用私有 CA，请将 CBR_CA_FILE 设为其证书文件"
  },
  bug: (what, exitCode) =>
    `cbr: 程序自身故障：${what}（退出码 ${exitCode}）；请连同命令行、加上 --debug 时的输出和 \`cbr --version\` 的输出一并报告`,
  outputLost: (code, exitCode) =>
    `cbr: 无法写入标准输出（退出码 ${exitCode}）\n  原因：${code}${
      code === "ENOSPC" ? "，磁盘已满" : ""
    }\n  建议：已写出的内容不完整；请腾出空间后重新运行`,
  wrongUse: {
    title: "用法错误",
    next: (usage, command) => `用法：${usage}（详见 ${command} --help）`,
    reason: (error) => wrongUseOf(error),
    value: (wrong) => wrongValueOf(wrong),
    rules: {
      noBackup: "缺少必需的参数：ID（或用 --resource NAME 取服务器的最新备份，或用 --from 读取已保存的响应）",
      eitherIdOrFrom: "ID 和 --from 只能给出一个：服务中的备份，或已保存的响应",
      eitherResourceOrOther: "--resource 不能与 ID 或 --from 同时给出：它本身已选定备份"
    }
  },
  resources: {
    searched: (word, project, region) => `${word}，项目 ${project}${region === undefined ? "" : `，区域 ${region}`}`,
    near: (name) => `您是否要用 ${name}？cbr list --resource ${shellWord(name)}`,
    compared: (count) => `只与最新的 ${count} 个备份的名称作了比较`,
    list: "查看哪些资源有备份：cbr list --latest；检查区域和项目：cbr whoami",
    onlyOne: "它只有一个备份：之前没有可供比较的",
    withoutId: "其最新备份未给出 ID",
    findIds: "查看现有的 ID：cbr list",
    notAMoment: (text) =>
      `${JSON.stringify(text)} 不是时刻：请给出距今的时长如 12h，或带时区的时间（RFC 3339），或 today`,
    giveMoment: "请以其中一种形式给出时刻"
  },
  note: (text) => `cbr: 注意：${text}`,
  attempt: {
    request: (id) => `请求 ${id}`,
    again: (wait) => `${wait} 后重试`
  },
  underWay: (what, time) => `${what}：${time} 尚无响应；按 Ctrl-C 结束`,
  progress: (done, failed) => `已完成 ${done} 个${failed === 0 ? "" : `，失败 ${failed} 个`}`,
  drift: {
    note: (paths) =>
      `有 ${paths.length} 个字段的类型与文档不符，未显示（-o json 含全部内容）：${listed(paths.slice(0, 5))}${
        paths.length > 5 ? "……" : ""
      }`,
    departure: (drift) => departureOf(drift),
    line: (drift) => `${drift.path}：${departureOf(drift)}`,
    refused: "响应偏离 API 文档",
    more: (first, others) => (others === 0 ? first : `${first}（另有 ${others} 处）`),
    seeDrift: "请用 `cbr drift` 查看全部，或去掉 --strict"
  },
  watch: {
    asking: "正在查询……",
    notThereYet: "尚不存在：服务返回 404",
    gone: "已不存在：服务返回 404",
    missed: "尚无响应",
    missedInARow: (count) => `连续 ${count} 次查询失败`,
    followed: (resource, id) => `${resource} 的最新备份现为 ${id}，转而观察它`,
    unknownStatus: (status) => `状态 ${status} 不在文档之列`,
    footer: (awaited, elapsed, left, quitBy) =>
      `  ${awaited === undefined ? elapsed : `正在等待 ${awaited}`}${left === undefined ? "" : `，剩余 ${left}`}  按 ${quitBy} 结束`
  },
  wait: {
    begins: (condition, left) => `正在等待 ${condition}${left === undefined ? "" : `，最长 ${left}`}`,
    notYet: (why) => `尚未满足：${why}`,
    withLeft: (said, left) => (left === undefined ? said : `${said}（剩余 ${left}）`)
  },
  ...settings,
  ...input,
  backup
}

const departureOf = (drift: Drift): string => {
  const { actual, expected } = driftText(drift)
  return `文档：${expected.zh}，${joined("实为", actual.zh)}`
}

const wrongUseOf = (error: Exclude<CliError.CliError, CliError.InvalidValue>): string => {
  const suggested = (names: ReadonlyArray<string>) => (names.length === 0 ? "" : `；您是否要用 ${listed(names)}？`)
  switch (error._tag) {
    case "UnrecognizedOption":
      return `没有选项 ${error.option}${suggested(error.suggestions)}`
    case "UnknownSubcommand":
      return `没有命令 ${error.subcommand}${suggested(error.suggestions)}`
    case "MissingOption":
      return `缺少必需的选项 --${error.option}`
    case "MissingArgument":
      return `缺少必需的参数 ${error.argument}`
    case "UnexpectedArgument":
      return `多余的参数 ${listed(error.arguments)}`
    default:
      return error.message
  }
}

const wrongValueOf = ({ fault, name, of }: InvalidValue): string => {
  const named = { flag: `选项 --${name}`, variable: `变量 ${name}`, argument: `参数 ${name}` }[of]
  switch (fault.code) {
    case "missing":
      return `${named} 缺少值：应为 ${fault.stands}`
    case "repeated":
      return `${named} 只能有一个值，却给出了 ${fault.times} 次`
    case "none-taken":
      return `${named} 的值无效：${fault.word} 不带值`
    case "unexpected":
      return `${named} 的值${fault.value === undefined ? "" : `“${fault.value}”`}无效：${expected(fault.expectation)}`
  }
}
