import { exitCodes } from "../../ExitCodes.ts"
const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** What each command does. */
export const commands = {
  cbr: "Look at backups in Huawei Cloud CBR.",
  show: {
    short: "Show backups",
    long: "Show one or many backups: status, resource, times, children and replications.",
    examples: [
      { command: `cbr show ${example}`, description: "At a glance" },
      { command: `cbr show ${example} -o json > backup.json`, description: "Save the service's answer" },
      {
        command: "cbr show --from backup.json",
        description: "Read a saved answer, with no network and no credentials"
      },
      { command: `cbr show ${example} --query backup.status -o value`, description: "One value, for a script" },
      { command: "cbr show - -o ndjson < ids.txt", description: "Many at once, as they come" }
    ]
  },
  tree: {
    short: "Show backups as trees (show -o tree)",
    long: "Show a backup with its children and replications as a tree; the same as show -o tree.",
    examples: [{ command: `cbr tree ${example}`, description: "What it is made of, and where it was copied to" }]
  },
  check: {
    short: "Check backups against rules, as a monitoring plugin",
    long: "Check backups against rules. The first line and the exit code are a monitoring plugin's; what is missing is UNKNOWN, never OK.",
    examples: [
      {
        command: `cbr check ${example} --status available --max-age 24h --warn-age 20h`,
        description: "Is last night's backup there?"
      },
      {
        command: "cbr check --from backup.json --replicated cn-south-1 --encrypted",
        description: "A saved answer, with no network"
      },
      {
        command: `cbr check ${example} --policy nightly.yaml --exit-style cli`,
        description: "Rules of a file, for a pipeline"
      }
    ]
  },
  diff: {
    short: "What differs between two backups, or then and now",
    long: "What differs between two backups, field by field; children and replications are matched by their ids.",
    examples: [
      { command: `cbr diff yesterday.json ${example}`, description: "What changed since it was saved" },
      {
        command: "cbr diff a.json b.json --exit-code",
        description: `For a script: exit ${exitCodes.Different} when they differ`
      }
    ]
  },
  drift: {
    short: "Where the answer departs from the API's page",
    long: "Where the service's answer departs from the API's page: wrong types, undocumented fields and values.",
    examples: [{ command: `cbr drift ${example}`, description: "Is the page still right?" }]
  },
  explain: {
    short: "What a field, a status or an error means",
    long: "What a field, a status, an error or a code of the service means; offline.",
    examples: [
      { command: "cbr explain supported_restore_mode", description: "A field, with its documented values" },
      { command: "cbr explain waiting_protect", description: "A value" }
    ]
  },
  wait: {
    short: "Wait for a condition",
    long: `Wait until a condition holds (exit ${exitCodes.Done}), can no longer come true (exit ${exitCodes.ConditionImpossible}), or time is up (exit ${exitCodes.ConditionTimedOut}). Of several backups all must meet it (with --any one), and the first that never will ends the wait of all.`,
    examples: [
      { command: `cbr wait ${example} --for status=available`, description: "Until the backup is made" },
      {
        command: `cbr wait ${example} --for status=available --for replicated=cn-south-1 --timeout 2h`,
        description: "Made and copied, in the same answer"
      },
      { command: `cbr wait ${example} --for deleted`, description: "Until it is gone" }
    ]
  },
  watch: {
    short: "Watch backups change",
    long: `Watch backups: a live view for a reader, a line of JSON for each change in a pipe. One of several that is not there or fails does not end the others (exit ${exitCodes.SomeFailed} at the end).`,
    examples: [
      { command: `cbr watch ${example}`, description: "Until Ctrl-C" },
      { command: `cbr watch ${example} --until-stable -o table >> changes.log`, description: "A line for each change" }
    ]
  },
  whoami: {
    short: "As whom and where a call would be made",
    long: "As whom and where a call would be made: each setting with the place that it comes from, and those it overrides.",
    examples: [{ command: "cbr whoami --verify", description: "And prove it by a call" }]
  },
  doctor: {
    short: "Find what stands between here and an answer",
    long: "Look at everything between here and an answer (signature, settings, proxy, DNS, TCP, TLS, clock, one call), each with what to do.",
    examples: [{ command: "cbr doctor", description: "When a call fails and it is not clear why" }]
  },
  configure: {
    short: "Save credentials and defaults as a profile",
    long: "Save credentials and defaults as a profile. A secret comes by prompt or standard input, never as a flag.",
    examples: [
      { command: "cbr configure", description: "Ask for everything" },
      {
        command: "cbr configure work --region cn-north-4 --ak AK --secret-stdin < secret",
        description: "Without a terminal"
      }
    ]
  },
  profiles: {
    short: "List, choose and remove profiles",
    long: "List the profiles that `cbr configure` saved, choose the default (use), or remove one (rm).",
    examples: [{ command: "cbr profiles use work", description: "Make it the default" }]
  },
  simulate: {
    short: "Run a simulated cloud, to try things offline",
    long: "Run CBR and IAM on this machine, and hand their settings to a command, or print them.",
    examples: [
      { command: "cbr simulate -- bash", description: "A shell in which every example works offline" },
      { command: `cbr simulate -- cbr show ${example}`, description: "One command" }
    ]
  },
  completion: {
    short: "Completions for bash, zsh, fish and PowerShell",
    long: "Print a script that teaches a shell the commands and flags.",
    examples: [
      { command: "source <(cbr completion bash)", description: "bash" },
      { command: "cbr completion zsh > ~/.zfunc/_cbr", description: "zsh, with ~/.zfunc in fpath" },
      { command: "cbr completion fish > ~/.config/fish/completions/cbr.fish", description: "fish" },
      { command: "cbr completion powershell | Out-String | Invoke-Expression", description: "PowerShell" }
    ]
  },
  help: {
    short: "What holds for every command",
    long: "What holds for every command: exit codes, environment, output, credentials.",
    examples: [{ command: "cbr help exit-codes", description: "The contract for scripts" }]
  }
}
