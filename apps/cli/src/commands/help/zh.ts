import { exitCodes, monitoringCodes, monitoringStates } from "../../exit/ExitCodes.ts"
import { listed } from "../../messages/zh/phrases.ts"
import type { en } from "./en.ts"

/** `cbr help` 的中文文本。 */
export const zh: typeof en = {
  short: "通用说明",
  long: "适用于所有命令的说明：退出码、环境变量、输出和凭证。",
  examples: [{ command: "cbr help exit-codes", description: "供脚本依赖的约定" }],
  args: {
    topic: "exit-codes、environment、output、auth 或 verdict；或某个命令"
  },
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
      "供人阅读，亦称 text：单个备份为卡片，多个备份每个一行并附结论；终端中的默认格式，在管道中则是 show、list、tree 和 watch 以外命令的默认格式",
    json: "服务的原始对象，毫无损失；多个时为数组；show 和 list 在管道中的默认格式，也是有 --query 时的默认格式",
    yaml: "同上，YAML，每个一份文档",
    ndjson: "同 JSON，每个备份或每项结果一行；watch 在管道中的默认格式",
    tree: "备份、子备份和复制记录，带状态标记",
    csv: "逗号分隔，含表头；电子表格会当作公式的单元格前加撇号",
    tsv: "制表符分隔，含表头；\\t、\\n、\\r 和 \\\\ 代表制表符、换行、回车和反斜杠；撇号同 csv",
    value: "只有值，每行一个，值中的换行等写作 \\n；宜配合 --query",
    openmetrics: "供指标采集器读取"
  },
  verdict: {
    before: "`cbr show` 的首行是结论；有多个原因时，最严重的在前。除状态外，服务未给出的字段不构成原因。",
    header: ["结论", "何时", "check --healthy"],
    after: "同时检查同一资源的另一个完整备份且其满足各项规则时，进行中为 OK。`--degraded critical` 使降级为 CRITICAL。"
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
}
