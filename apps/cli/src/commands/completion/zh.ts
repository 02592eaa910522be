import type { en } from "./en.ts"

/** `cbr completion` 的中文文本。 */
export const zh: typeof en = {
  short: "bash、zsh、fish 和 PowerShell 的补全",
  long: "打印用于 shell 补全的脚本。",
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
