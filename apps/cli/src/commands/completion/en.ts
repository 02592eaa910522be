/** The words of `cbr completion` in English. */
export const en = {
  short: "Completions for bash, zsh, fish and PowerShell",
  long: "Print a script that teaches a shell the commands and flags. In bash, zsh and fish --resource offers the names of servers and disks: those of the newest backups or of the last cbr list --latest, kept for 5 minutes in the cache folder (XDG_CACHE_HOME, or ~/.cache). If it offers none, the service was too slow for a key press: run cbr list --latest once.",
  examples: [
    { command: "source <(cbr completion bash)", description: "bash" },
    { command: "cbr completion zsh > ~/.zfunc/_cbr", description: "zsh, with ~/.zfunc in fpath" },
    { command: "cbr completion fish > ~/.config/fish/completions/cbr.fish", description: "fish" },
    { command: "cbr completion powershell | Out-String | Invoke-Expression", description: "PowerShell" }
  ],
  args: {
    shell: "bash, zsh, fish or powershell"
  }
}
