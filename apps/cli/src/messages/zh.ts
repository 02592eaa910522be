import { failureText } from "@cbr/client"
import { type Drift, driftText } from "@cbr/domain"
import type * as CliError from "effect/cli/CliError"
import { exitCodes, monitoringCodes, monitoringStates } from "../ExitCodes.ts"
import type { Source } from "../Source.ts"
import type { WrongValue } from "../WrongValue.ts"
import type { Messages } from "./Messages.ts"
import { commands } from "./zh/commands.ts"
import { expected } from "./zh/expectations.ts"
import { failures } from "./zh/failures.ts"
import { flags } from "./zh/flags.ts"
import { joined } from "./zh/joined.ts"
import { placeName } from "./zh/places.ts"
import { queryFault } from "./zh/queryFaults.ts"

const listed = (parts: ReadonlyArray<string>): string => parts.join("、")

const unitsOfTime = { year: "年", month: "个月", day: "天", hour: "小时", minute: "分钟", second: "秒钟" }

const source = (from: Source): string => {
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
  pick: (text) => text.zh,
  detail: (detail) => failureText(detail, failures),
  place: placeName,
  named: (name, said) => `${name}：${said}`,
  aside: (said) => `（${said}）`,
  listed,
  meant: (near) => `是否想用 ${near}？`,
  between: "；",
  expected,
  source,
  commands,
  flags,
  args: {
    ids: "备份 ID、区域/项目/ID 或完整的请求地址；- 表示从标准输入读取：每行一个 ID，或含 ID 的 JSON",
    id: "备份 ID、区域/项目/ID 或完整的请求地址",
    shell: "bash、zsh、fish 或 powershell",
    topic: "exit-codes、environment、output、auth 或 verdict；或某个命令",
    simulate: "写在 -- 之后、以模拟云的设置运行的命令；不给则打印这些设置",
    profilesAction: "ls（亦作 list）、use 或 rm；默认 ls",
    profile: "配置的名称；use 和 rm 需要给出",
    newProfile: "配置的名称；默认为 --profile 的名称或 `default`",
    watched: "备份 ID、区域/项目/ID 或完整的请求地址",
    diffSide: "备份（同 show）、由 `show -o json` 保存的文件，或 - 表示标准输入",
    explain:
      "字段（如 replication_records.status）、取值（如 waiting_protect）、错误的名称或标题，或服务的错误码（如 APIGW.0301）；不给则列出全部字段和错误"
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
      noBackup: "缺少必需的参数：ID（或用 --from 读取已保存的响应）",
      eitherIdOrFrom: "ID 和 --from 只能给出一个：服务中的备份，或已保存的响应",
      oneSecret: "--token-stdin 和 --secret-stdin 只能给出一个：标准输入只有一个机密",
      oneCredential: "--ak 和 --token-stdin 只能给出一个：一个配置只有一个凭证",
      secretNeedsKey: "--secret-stdin 需要 --ak：没有密钥 ID，密钥无法使用",
      noProfileName: "缺少必需的参数：NAME，即要使用或删除的配置",
      listsAll: "profiles ls 列出全部配置，不接受 NAME",
      noCondition: "缺少必需的选项：--for（或 --until-exists，用于等待尚不存在的备份）",
      fromIsOne: "--from 只读取一个响应：请给出一个 ID 用于核对，或不给"
    }
  },
  wrongId: {
    title: "不是备份",
    why: "既不是备份 ID（UUID），也不是 区域/项目/ID 或请求地址",
    next: "请给出形如 6df2b54c-dd62-4059-a07c-1b8f24f2725d 的 ID；尚未发送任何请求",
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
    saveAgain: "请保存服务的完整响应，即 `cbr show ID -o json` 的输出",
    otherBackup: (found) => `其中是备份 ${found}`,
    askForThat: "请不要给出 ID，或给出文件中的那个"
  },
  query: {
    title: "无法使用查询表达式",
    faults: queryFault,
    constant: "它不看响应中的任何字段，因此结果永远不变",
    missing: (name) => `响应中没有字段 ${name}`,
    noTest: (value) => `其结果为 ${value}，既非真也非假`,
    compare: "请比较某个字段，如 --for \"query=backup.status=='available'\"；shell 的引号应括住整个条件",
    next: "语法见 https://jmespath.org；例如：--query 'backup.children[].status'"
  },
  gauges: {
    none: "其指标只针对整个备份：其他内容以及 --query 的结果都没有指标",
    next: "请换一个 -o；或采集 `cbr show ID -o openmetrics` 的指标，并据此设置告警"
  },
  dryRun: {
    canonicalRequest: "规范请求：",
    stringToSign: "待签名字符串：",
    note: "cbr: 未发送任何请求"
  },
  underWay: (what, time) => `${what}：${time} 尚无响应；按 Ctrl-C 结束`,
  progress: (done, failed) => `已完成 ${done} 个${failed === 0 ? "" : `，失败 ${failed} 个`}`,
  drift: {
    note: (paths) =>
      `cbr: 注意：有 ${paths.length} 个字段的类型与文档不符，未显示（-o json 含全部内容）：${listed(paths.slice(0, 5))}${
        paths.length > 5 ? "……" : ""
      }`,
    none: "没有偏离：响应与 API 文档一致",
    departure: (drift) => departureOf(drift),
    line: (drift) => `${drift.path}：${departureOf(drift)}`,
    kinds: { WrongType: "类型不符", UndocumentedField: "文档未列的字段", UndocumentedValue: "文档未列的取值" },
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
    unknownStatus: (status) => `状态 ${status} 不在文档之列`,
    footer: (awaited, elapsed, left, quitBy) =>
      `  ${awaited === undefined ? elapsed : `正在等待 ${awaited}`}${left === undefined ? "" : `，剩余 ${left}`}  按 ${quitBy} 结束`
  },
  wait: {
    condition: "无法理解条件",
    notACondition: (text, near) =>
      `${JSON.stringify(text)} 不是条件${near === undefined ? "" : `；是否想用 ${near}？`}`,
    conditionNext:
      "条件：status=available,error  exists  deleted  replicated=区域  children=available  restorable[=backup|snapshot]  query=JMESPATH",
    met: (condition) => `${condition} 已满足`,
    begins: (condition, left) => `正在等待 ${condition}${left === undefined ? "" : `，最长 ${left}`}`,
    notYet: (why) => `尚未满足：${why}`,
    withLeft: (said, left) => (left === undefined ? said : `${said}（剩余 ${left}）`),
    neverThere: "备份不存在",
    neverSeen: "首次查询即不存在：备份早已删除，或从未存在",
    checkIds: "请检查备份 ID、项目和区域，或去掉 --must-exist"
  },
  whoami: {
    labels: { credential: "凭证", region: "区域", endpoint: "终端节点", project: "项目" },
    user: "用户",
    account: "账号",
    proving: (place) => (place === undefined ? "凭证" : `${place} 的凭证`),
    untold: "未知",
    identityUntold: {
      Token: "未知：不知道该终端节点的 IAM（CBR_IAM_ENDPOINT）",
      AccessKey: "未知：不知道该终端节点的 STS（CBR_STS_ENDPOINT）"
    },
    unset: "未设置",
    from: (place) => joined("来自", place),
    overridden: (place) => `${joined("来自", place)}，未采用`,
    verified: "服务认可该凭证"
  },
  doctor: {
    steps: {
      signature: "签名",
      settings: "设置",
      proxy: "代理",
      dns: "DNS",
      tcp: "TCP",
      tunnel: "隧道",
      tls: "TLS",
      clock: "时钟",
      call: "调用"
    },
    signatureRight: "已知请求的签名正确",
    signatureWrong: "本机对已知请求的签名有误",
    noProxy: "未设置代理变量",
    proxyUsed: (proxy) => `调用经由 ${proxy}（HTTPS_PROXY）`,
    proxyPassed: "已设置 HTTPS_PROXY，但此地址不使用它（明文 HTTP，或 NO_PROXY）",
    plainHttp: "明文 HTTP：该终端节点不使用 TLS",
    noDate: "终端节点未告知可信的时间",
    skew: (seconds, isCorrected) =>
      seconds === 0
        ? "服务与本机的时间一致"
        : `服务的时间比本机${seconds < 0 ? "慢" : "快"} ${Math.abs(seconds)} 秒${isCorrected ? "；客户端会自行校正：按服务的时间签名" : ""}`,
    accepted: "凭证被接受",
    fixDns: "请检查区域或终端节点，以及域名服务器",
    fixTcp: "请检查防火墙和到终端节点的路由",
    fixProxyDns: "请检查 HTTPS_PROXY，以及域名服务器",
    fixProxyTcp: "请检查 HTTPS_PROXY，以及代理是否在运行",
    fixTunnel: "请让代理放行该终端节点；若为 407，HTTPS_PROXY 须为 http://USER:PASSWORD@…",
    fixTls: "请检查证书颁发机构（CBR_CA_FILE），以及应答者是谁"
  },
  profiles: {
    none: "没有配置；用 `cbr configure` 创建",
    unknown: "没有该配置",
    unusable: "无法使用配置",
    has: (names) => (names.length === 0 ? "尚无任何配置" : `已有 ${listed(names)}`),
    configure: "用 `cbr configure NAME` 创建",
    noHome: "该用户没有主目录",
    noFolder: "无法在此创建目录",
    giveFolder: "请将 HOME 或 XDG_CONFIG_HOME 设为可写的目录",
    unreadable: "无法读取配置",
    mendFile: "请修正该文件，或将其移走后运行 `cbr configure`",
    unwritable: "无法保存配置",
    locked: "另一个 cbr 正在修改配置，迟迟没有结束",
    removeLock: (file) => `请重新运行；若没有其他 cbr 在运行，请先删除 ${file}`,
    done: { use: (name) => `cbr: 默认配置现为 ${name}`, rm: (name) => `cbr: 已删除配置 ${name}` },
    saved: (name, file) => `cbr: 配置 ${name} 已保存到 ${file}`
  },
  configure: {
    region: "区域（如 cn-north-4）",
    projectId: "项目 ID（留空则用区域的默认项目）",
    ak: "访问密钥 ID（AK）",
    sk: "秘密访问密钥（SK）",
    verify: "现在发送一次调用来验证吗？",
    verified: (name) => `cbr: 服务认可 ${name} 的凭证`,
    correct: (name) => `配置 ${name} 已保存；用 \`cbr configure ${name}\` 更正`,
    before: (name, variables) => `cbr: 注意：已设置 ${variables.join("、")}，除非用 --profile 指定，否则优先于 ${name}`,
    next: (command) => `cbr: 下一步：${command}`,
    noSecret: "给出了访问密钥 ID，但没有终端可供输入密钥",
    nothing: "没有可保存的内容：未给出区域、项目、终端节点或凭证",
    giveSomething: "请用选项给出，或在终端中运行以便逐项询问",
    twoNames: "给出了两个名称",
    noName: "配置需要名称",
    giveOne: "请给出一个名称，如 `cbr configure work`",
    noProject: "它不是项目 ID：应为 1 到 64 个字母、数字、- 或 _",
    giveProject: "可在控制台的“我的凭证”中查到；不给则查询区域的默认项目",
    noKey: "它不是访问密钥 ID：为空，或含有空格、`:`、`/` 等不会有的字符",
    giveKey: "请给出访问密钥 ID（AK），而不是密钥本身",
    emptySecret: "没有机密",
    notAlone: "除机密外还有其他内容：其中含有空格或换行",
    endless: (bytes) => `任何机密都没有这么长：超过 ${bytes} 字节`,
    giveAlone: "请只给出机密；尚未保存任何内容",
    giveSecret: "请用 --secret-stdin 从标准输入给出密钥"
  },
  simulate: {
    ready: "cbr: 模拟云正在运行；按 Ctrl-C 结束。其中的备份：",
    cannotListen: "无法监听",
    reasons: { EADDRINUSE: "已有其他程序在监听", EACCES: "该用户无权在此监听" },
    otherPort: "请换一个 --port；不给则任选空闲端口",
    cannotRun: "无法运行",
    checkCommand: "请检查 -- 之后的命令"
  },
  topics: {
    about: {
      "exit-codes": "各退出码的含义，以及重试是否有用",
      environment: "读取的全部环境变量",
      output: "-o 的各种格式",
      auth: "依次从哪里查找凭证",
      verdict: "备份的各种结论，以及 check --healthy 如何对待"
    },
    exitCodes: {
      header: ["退出码", "含义", "重试是否有用"],
      or: "；",
      retry: { no: "否", later: "稍后", item: "视各项而定", none: "" },
      check: `\`cbr check\` 使用监控插件的退出码：${listed(monitoringCodes)}，用法错误和各种故障亦为 ${monitoringStates.unknown.code}；备份不存在为 CRITICAL（--exit-style cli：规则未满足为 ${exitCodes.Different}，其余同上表）。`
    },
    environment: [
      ["CBR_TOKEN", "IAM 的 Token，或代理的密钥"],
      ["HUAWEICLOUD_SDK_AK, _SK, _SECURITY_TOKEN", "访问密钥；CLOUD_SDK_AK、HW_ACCESS_KEY、OS_ACCESS_KEY 等亦可"],
      ["HW_AUTH_TOKEN, OS_AUTH_TOKEN, OS_TOKEN", "IAM 的 Token"],
      [
        "OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME",
        "IAM 用户；HW_USER_NAME、HW_USER_PASSWORD 和 HW_DOMAIN_NAME 优先于它们"
      ],
      ["OS_PROJECT_DOMAIN_NAME", "按名称为项目申请 Token 时，该项目所在的域"],
      ["OS_CLOUD, OS_CLIENT_CONFIG_FILE", "clouds.yaml 中的云，以及不在通常位置时的文件"],
      ["HUAWEICLOUD_SDK_IDP_ID, _ID_TOKEN_FILE", "联邦用户：身份提供商，以及 Token 所在文件"],
      ["HUAWEICLOUD_SDK_CREDENTIALS_FILE", "SDK 的凭证文件，如不在通常位置"],
      ["HC_CONTAINER_CREDENTIALS_FULL_URI", "容器组获取凭证的地址"],
      ["CBR_IAM_ENDPOINT, HUAWEICLOUD_SDK_IAM_ENDPOINT", "IAM 的地址；OS_* 与 HW_* 凭证用 OS_AUTH_URL 或 HW_AUTH_URL"],
      ["CBR_STS_ENDPOINT, HUAWEICLOUD_SDK_STS_ENDPOINT", "STS 的地址，由它说明访问密钥属于谁"],
      ["CBR_SIGNING", "V11-HMAC-SHA256：以其签名，而非 SDK-HMAC-SHA256"],
      ["HUAWEICLOUD_SDK_REGIONS_FILE", "SDK 的地址文件，如不在通常位置"],
      ["HTTPS_PROXY, NO_PROXY", "https 地址所用的代理，以及不经代理的主机；也可小写，规则同 curl"],
      ["CBR_CA_FILE", "额外信任的证书颁发机构（PEM 文件）"],
      ["CBR_METADATA", "off：不向 ECS 元数据查询凭证"],
      ["LC_ALL, LC_MESSAGES, LANG", "未给 --lang 时的语言：zh 为中文，否则英文"],
      ["TERM, CI", "为 dumb 或已设置：没有实时视图和提问"]
    ],
    output: {
      table:
        "供人阅读，亦称 text：单个备份为卡片，多个备份每个一行并附结论；终端中的默认格式，在管道中则是 show 和 watch 以外命令的默认格式",
      json: "服务的原始对象，毫无损失；多个时为数组；show 在管道中的默认格式，也是有 --query 时的默认格式",
      yaml: "同上，YAML，每个一份文档",
      ndjson: "同 JSON，每个备份或每项结果一行；watch 在管道中的默认格式",
      tree: "备份、子备份和复制记录，带状态标记",
      csv: "逗号分隔，含表头；电子表格会当作公式的单元格前加撇号",
      tsv: "制表符分隔，含表头；\\t、\\n、\\r 和 \\\\ 代表制表符、换行、回车和反斜杠；撇号同 csv",
      value: "只有值，每行一个，值中的换行等写作 \\n；宜配合 --query",
      openmetrics: "供指标采集器读取"
    },
    verdict: {
      before: "show 的首行；有多个原因时，最严重的在前。字段未说明的，不代其说明。",
      header: ["结论", "何时", "check --healthy"],
      after:
        "同时检查同一资源的另一个完整备份且其满足各项规则时，进行中为 OK。`--degraded critical` 使降级为 CRITICAL。"
    },
    auth: {
      order: "采用第一个已设置的来源：",
      place: (name, how) => (how === undefined ? name : `${name}：${how}`),
      places: {
        environment: "CBR_TOKEN，或访问密钥，如 HUAWEICLOUD_SDK_AK 与 HUAWEICLOUD_SDK_SK",
        "environment, by password": "OS_USERNAME、OS_PASSWORD 和 OS_USER_DOMAIN_NAME",
        "clouds.yaml":
          "OS_CLOUD 指定的云，取自 OS_CLIENT_CONFIG_FILE，或当前目录、~/.config/openstack、/etc/openstack 中的 clouds.yaml",
        federation: "HUAWEICLOUD_SDK_IDP_ID 和 HUAWEICLOUD_SDK_ID_TOKEN_FILE",
        profile: "由 `cbr configure` 保存，由 CBR_PROFILE 或默认配置选定；用 --profile 选定时排在最前",
        "the SDKs' file": "~/.huaweicloud/credentials，或 HUAWEICLOUD_SDK_CREDENTIALS_FILE",
        KooCLI: "不读取其内容，仅提示其存在",
        "pod identity": "HC_CONTAINER_CREDENTIALS_FULL_URI",
        "ECS metadata": "本机服务器的委托，除非 CBR_METADATA 为 off"
      },
      never: "机密绝不作为选项给出：进程列表和命令历史会显示选项。"
    }
  },
  diff: { none: "没有差异" },
  explain: {
    unknown: "无可解释",
    unknownWhy: "它不是 API 文档中的字段或取值，也不是错误种类或含义已知的错误码",
    unknownNext: "用 `cbr explain` 查看全部",
    types: {
      string: "文本",
      integer: "整数",
      boolean: "布尔",
      time: "时间",
      object: "对象",
      array: "列表",
      verdict: "结论",
      value: "取值",
      error: "错误"
    }
  },
  check: {
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
    finding: (rule, actual, expected) => `${zh.check.rules[rule]} ${actual}，${joined("应为", expected)}`,
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
    case "ValidationError": {
      const rules: Readonly<Record<string, string>> = zh.wrongUse.rules
      return rules[error.message] ?? error.message
    }
    default:
      return error.message
  }
}

const wrongValueOf = ({ fault, name, of }: WrongValue): string => {
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
