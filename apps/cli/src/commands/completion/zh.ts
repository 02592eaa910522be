import type { en } from "./en.ts"

/** `cbr completion` 的中文文本。 */
export const zh: typeof en = {
  short: "bash、zsh、fish 和 PowerShell 的补全",
  long: "打印用于 shell 补全的脚本。在 bash、zsh 和 fish 中，--resource 可补全服务器和磁盘的名称：取自最新的备份或上一次 cbr list --latest，在缓存目录（XDG_CACHE_HOME 或 ~/.cache）中保存 5 分钟。若没有可选的名称，则服务未能及时响应按键：请运行一次 cbr list --latest。",
  examples: [
    { command: "source <(cbr completion bash)", description: "bash" },
    { command: "cbr completion zsh > ~/.zfunc/_cbr", description: "zsh，~/.zfunc 须在 fpath 中" },
    { command: "cbr completion fish > ~/.config/fish/completions/cbr.fish", description: "fish" },
    { command: "cbr completion powershell | Out-String | Invoke-Expression", description: "PowerShell" }
  ],
  args: {
    shell: "bash、zsh、fish 或 powershell"
  }
}
