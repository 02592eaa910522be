import { failureText } from "@cbr/client"
import { type Drift, driftText } from "@cbr/domain"
import type * as CliError from "effect/cli/CliError"
import { shellWord } from "../text/shellWord.ts"
import type { InvalidValue } from "../values/InvalidValue.ts"
import type { SettingSource } from "../values/SettingSource.ts"
import type { Messages } from "./Messages.ts"
import { expected } from "./zh/expectations.ts"
import { failures } from "./zh/failures.ts"
import { flags } from "./zh/flags.ts"
import { joined, listed } from "./zh/phrases.ts"
import { placeName } from "./zh/places.ts"
import { queryFault } from "./zh/queryFaults.ts"

const unitsOfTime = { year: "年", month: "个月", day: "天", hour: "小时", minute: "分钟", second: "秒钟" }

const source = (from: SettingSource): string => {
  if ("profile" in from) return `配置 ${from.profile}`
  if ("cloud" in from) return `云 ${from.cloud}`
  if ("place" in from) return placeName(from.place)
  if ("follows" in from) return "区域"
  return "flag" in from ? from.flag : from.variable
}

/** 中文。 */
export const zh: Messages = {
  locale: "zh",
  fromNow: (count, unit, isPast) => `${count}${unitsOfTime[unit]}${isPast ? "前" : "后"}`,
  pick: (both) => both.zh,
  detail: (detail) => failureText(detail, failures),
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

  wrongId: {
    title: "不是备份",
    why: "既不是备份 ID（UUID），也不是 区域/项目/ID 或请求地址",
    next: "请给出形如 6df2b54c-dd62-4059-a07c-1b8f24f2725d 的 ID；尚未发送任何请求",
    byName: (name) => `按名称取服务器或磁盘的最新备份：--resource ${shellWord(name)}；查看现有的 ID：cbr list`,
    notJson: (start) => `以 JSON 开头（${start}……），但整体不是 JSON`,
    endless: (characters) => `其中有一行超过 ${characters} 个字符`,
    lines: "请每行给出一个 ID，或给出 JSON：字符串或含 id 或 backup_id 的对象，置于数组中或每行一个"
  },
  foreignAddress: {
    why: (origin) => `${origin} 既不是已知区域的 CBR 地址，也不是已配置的终端节点`,
    next: (origin) => `若确信可以向其发送凭证，请加 --endpoint ${origin}；尚未发送任何请求`
  },

  otherRegion: {
    why: (region, place) => `它属于区域 ${region}，而没有设置表明 ${place} 的地址也属于该区域`,
    next: (region, place) =>
      `若该地址服务于该区域，请用 --endpoint 给出它，或将 CBR_REGION 设为 ${region}；否则请取消 ${place}；未发送任何请求`
  },
  note: (text) => `cbr: 注意：${text}`,
  setAside: (flag, places) => `cbr: 注意：已给出 ${flag}，因此${joined("不采用", listed(places.map(source)))}`,
  attempt: {
    request: (id) => `请求 ${id}`,
    again: (wait) => `${wait} 后重试`
  },
  timeout: {
    why: (time, from, answered) =>
      `命令未能在 ${time} 内完成（${source(from)}）${answered === undefined ? "" : `；此前已得到 ${answered} 个备份的结果`}`,
    next: "请用 --timeout 延长时间，或用 --debug 查看耗时之处",
    noTime: (key, text) => `其中的 ${key} 为 ${text}，不是 1ms 到 24h 之间的时间`,
    giveTime: "请用 `cbr configure` 重新保存，如 --timeout 10m"
  },
  trace: {
    title: "无法写入跟踪文件",
    checkFile: "请给出可写的文件，或不给 --trace-file"
  },
  missing: {
    settings: "缺少设置",
    credentials: "以下各处均没有凭证：",
    project: (variables) => `没有项目 ID：已查找 --project-id、${variables.join("、")}`,
    giveProject: "请给出 --project-id",
    giveProfile: "请用 --profile 选择配置，或查看 `cbr profiles`",
    giveEndpoint: "请给出 --region 或 --endpoint",
    correct: "请更正该设置，可用 `cbr whoami` 查看其来处；尚未发送任何请求",
    begin:
      "用 `cbr configure` 保存密钥和区域，用 `cbr doctor` 查看还缺什么，或用 `cbr simulate` 在没有账号的情况下试用；尚未发送任何请求"
  },
  saved: {
    title: "无法使用已保存的响应",
    standardInput: "标准输入",
    unreadable: (reason) => `无法读取：${reason}`,
    reasons: { NotFound: "文件不存在", PermissionDenied: "没有权限", BadResource: "不是文件" },
    checkFile: "请检查路径；`-` 表示标准输入",
    notText: "它既不是 UTF-8 文本，也不是 UTF-16 文本",
    tooLarge: (bytes) => `超过 ${bytes} 字节`,
    saveListAgain: "请重新保存：cbr list --replications -o ndjson > backups.ndjson",
    saveAgain: "请保存服务的完整响应，即 `cbr show ID -o json` 的输出",
    otherBackup: (found) => `其中是备份 ${found}`,
    askForThat: "请不要给出 ID，或给出文件中的那个"
  },
  query: {
    title: "无法使用查询表达式",
    faults: queryFault,
    missing: (name) => `响应中没有字段 ${name}`,
    noTest: (value) => `其结果为 ${value}，既非真也非假`,
    compare: "请比较某个字段，如 --for \"query=backup.status=='available'\"；shell 的引号应括住整个条件",
    next: "语法见 https://jmespath.org；例如：--query 'backup.children[].status'"
  },
  gauges: {
    none: "其指标只针对整个备份：其他内容以及 --query 的结果都没有指标",
    next: "请换一个 -o；或采集 `cbr show ID -o openmetrics` 的指标，并据此设置告警"
  },
  underWay: (what, time) => `${what}：${time} 尚无响应；按 Ctrl-C 结束`,
  progress: (done, failed) => `已完成 ${done} 个${failed === 0 ? "" : `，失败 ${failed} 个`}`,
  drift: {
    note: (paths) =>
      `cbr: 注意：有 ${paths.length} 个字段的类型与文档不符，未显示（-o json 含全部内容）：${listed(paths.slice(0, 5))}${
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
  proving: (place) => (place === undefined ? "凭证" : `${place} 的凭证`),

  profiles: {
    unusable: "无法使用配置",
    noHome: "该用户没有主目录",
    noFolder: "无法在此创建目录",
    giveFolder: "请将 HOME 或 XDG_CONFIG_HOME 设为可写的目录",
    unreadable: "无法读取配置",
    mendFile: "请修正该文件，或将其移走后运行 `cbr configure`",
    unwritable: "无法保存配置",
    locked: "另一个 cbr 正在修改配置，迟迟没有结束",
    removeLock: (file) => `请重新运行；若没有其他 cbr 在运行，请先删除 ${file}`
  },
  show: {
    labels: {
      backup: "备份",
      id: "ID",
      status: "状态",
      description: "描述",
      resource: "资源",
      kind: "类别",
      created: "创建时间",
      protected: "备份时间",
      updated: "更新时间",
      expires: "过期时间",
      restore: "恢复方式",
      encrypted: "加密",
      images: "镜像",
      vault: "存储库",
      project: "项目",
      parent: "所属备份",
      children: "子备份",
      replications: "复制"
    },
    absent: "未说明",
    restoreUnsaid: "未说明；API 文档的默认值为 na",
    list: { verdict: "结论", age: "时长", time: "时间", id: "ID", resource: "资源", why: "原因" },
    undocumented: "文档未列的取值",
    yes: "是",
    no: "否",
    past: "已过期",
    size: (gigabytes) => `${gigabytes} GB`,
    zone: (name) => `可用区 ${name}`,
    enterpriseProject: (id) => `企业项目 ${id}`,
    incremental: "增量",
    full: "全量",
    scheduled: "自动生成",
    byHand: "手动生成",
    systemDisk: "系统盘",
    withSystemDisk: "包含系统盘",
    lazyLoading: "支持快速恢复",
    multiAz: "多 AZ",
    encryptedChild: "加密"
  }
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
