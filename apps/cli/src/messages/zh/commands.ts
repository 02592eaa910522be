import { exitCodes } from "../../ExitCodes.ts"
import type { Messages } from "../Messages.ts"

const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** 各命令的作用。 */
export const commands: Messages["commands"] = {
  cbr: "查看华为云 CBR 中的备份。",
  show: {
    short: "显示备份",
    long: "显示一个或多个备份：状态、资源、时间、子备份和复制记录。",
    examples: [
      { command: `cbr show ${example}`, description: "概览" },
      { command: `cbr show ${example} -o json > backup.json`, description: "保存服务的响应" },
      { command: "cbr show --from backup.json", description: "读取已保存的响应，不需要网络和凭证" },
      { command: `cbr show ${example} --query backup.status -o value`, description: "供脚本使用的单个值" },
      { command: "cbr show - -o ndjson < ids.txt", description: "一次显示多个" }
    ]
  },
  tree: {
    short: "以树形显示备份（即 show -o tree）",
    long: "以树形显示备份及其子备份和复制记录；等同于 show -o tree。",
    examples: [{ command: `cbr tree ${example}`, description: "由哪些部分组成，复制到了哪里" }]
  },
  check: {
    short: "按规则检查备份（可作监控插件）",
    long: "按规则检查备份。首行和退出码遵循监控插件的约定；缺失的信息为 UNKNOWN，绝不视为 OK。",
    examples: [
      {
        command: `cbr check ${example} --status available --max-age 24h --warn-age 20h`,
        description: "昨夜的备份在吗？"
      },
      {
        command: "cbr check --from backup.json --replicated cn-south-1 --encrypted",
        description: "检查已保存的响应，不需要网络"
      },
      {
        command: `cbr check ${example} --policy nightly.yaml --exit-style cli`,
        description: "规则来自文件，供流水线使用"
      }
    ]
  },
  diff: {
    short: "比较两个备份，或过去与现在",
    long: "逐字段比较两个备份；子备份和复制记录按 ID 对应。",
    examples: [
      { command: `cbr diff yesterday.json ${example}`, description: "保存之后有何变化" },
      {
        command: "cbr diff a.json b.json --exit-code",
        description: `供脚本使用：有差异时退出码为 ${exitCodes.Different}`
      }
    ]
  },
  drift: {
    short: "响应与 API 文档的偏离",
    long: "服务的响应与 API 文档的偏离：类型不符、文档未列的字段和取值。",
    examples: [{ command: `cbr drift ${example}`, description: "文档是否仍然正确？" }]
  },
  explain: {
    short: "解释字段、状态或错误",
    long: "解释字段、状态、错误或服务错误码的含义；不需要网络。",
    examples: [
      { command: "cbr explain supported_restore_mode", description: "字段及其取值" },
      { command: "cbr explain waiting_protect", description: "取值" }
    ]
  },
  wait: {
    short: "等待条件满足",
    long: `等待直到条件满足（退出码 ${exitCodes.Done}）、无法再满足（退出码 ${exitCodes.ConditionImpossible}）或超时（退出码 ${exitCodes.ConditionTimedOut}）。多个备份须全部满足（加 --any 则一个即可），其中一个已无法满足时全部结束。`,
    examples: [
      { command: `cbr wait ${example} --for status=available`, description: "直到备份完成" },
      {
        command: `cbr wait ${example} --for status=available --for replicated=cn-south-1 --timeout 2h`,
        description: "在同一响应中既完成又已复制"
      },
      { command: `cbr wait ${example} --for deleted`, description: "直到备份不存在" }
    ]
  },
  watch: {
    short: "观察备份的变化",
    long: `观察备份：在终端为实时视图，在管道中每次变化输出一行 JSON。多个备份中有不存在或失败的，其余继续观察（最后退出码为 ${exitCodes.SomeFailed}）。`,
    examples: [
      { command: `cbr watch ${example}`, description: "直到 Ctrl-C" },
      { command: `cbr watch ${example} --until-stable -o table >> changes.log`, description: "每次变化一行" }
    ]
  },
  whoami: {
    short: "将以谁的身份、向何处调用",
    long: "将以谁的身份、向何处调用：每项设置及其来源，以及被它取代的来源。",
    examples: [{ command: "cbr whoami --verify", description: "并通过一次调用验证" }]
  },
  doctor: {
    short: "查找调用不通的原因",
    long: "逐步检查从本机到响应的一切（签名、设置、代理、DNS、TCP、TLS、时钟、一次调用），并给出建议。",
    examples: [{ command: "cbr doctor", description: "调用失败而原因不明时" }]
  },
  configure: {
    short: "将凭证和默认值保存为配置",
    long: "将凭证和默认值保存为配置。机密通过提问或标准输入给出，绝不作为选项。",
    examples: [
      { command: "cbr configure", description: "逐项提问" },
      { command: "cbr configure work --region cn-north-4 --ak AK --secret-stdin < secret", description: "没有终端时" }
    ]
  },
  profiles: {
    short: "列出、选择和删除配置",
    long: "列出由 `cbr configure` 保存的配置，选择默认配置（use），或删除（rm）。",
    examples: [{ command: "cbr profiles use work", description: "设为默认" }]
  },
  simulate: {
    short: "运行模拟云，离线试用",
    long: "在本机运行 CBR 和 IAM，并将其设置交给一个命令，或打印出来。",
    examples: [
      { command: "cbr simulate -- bash", description: "在此 shell 中可离线试用所有示例" },
      { command: `cbr simulate -- cbr show ${example}`, description: "单个命令" }
    ]
  },
  completion: {
    short: "bash、zsh、fish 和 PowerShell 的补全",
    long: "打印用于 shell 补全的脚本。",
    examples: [
      { command: "source <(cbr completion bash)", description: "bash" },
      { command: "cbr completion zsh > ~/.zfunc/_cbr", description: "zsh，~/.zfunc 须在 fpath 中" },
      { command: "cbr completion fish > ~/.config/fish/completions/cbr.fish", description: "fish" },
      { command: "cbr completion powershell | Out-String | Invoke-Expression", description: "PowerShell" }
    ]
  },
  help: {
    short: "通用说明",
    long: "适用于所有命令的说明：退出码、环境变量、输出和凭证。",
    examples: [{ command: "cbr help exit-codes", description: "供脚本依赖的约定" }]
  }
}
