import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { needs } from "../../../../../debian.ts"
import { finished } from "../../CliProcess.ts"
import { commandLine } from "../../CommandLine.ts"

/**
 * What a shell completes when Tab is pressed, a line each. The words are `cbr sh`, `cbr show --outp`, `cbr show -o y`,
 * `cbr wait --trace` and `cbr show --resource ecs-o`.
 */
const tries = {
  bash: (script: string) => `
    source ${script}
    cbr() { echo "asked: $*" >&2; test "$*" = "completion names -- show --resource" && printf '%s\\n' ecs-orders-0001 'other'; }
    press() {
      COMP_LINE="$*" COMP_POINT=\${#COMP_LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
      $(complete -p cbr | sed 's/.*-F \\([^ ]*\\).*/\\1/') "$1" "\${!#}"
      echo "\${COMPREPLY[*]}"
    }
    press cbr sh
    press cbr show --outp
    press cbr show -o y
    press cbr wait --trace
    press cbr show --resource ecs-o`,
  fish: (script: string) => `
    source ${script}
    function cbr
      echo "asked: $argv" >&2
      test "$argv" = "completion names -- show --resource"; and printf '%s\\n' ecs-orders-0001 other
    end
    for line in 'cbr sh' 'cbr show --outp' 'cbr show -o y' 'cbr wait --trace' 'cbr show --resource ecs-o'
      complete -C $line | string replace -r '\\t.*' ''
    end`,
  // A shell inside a terminal, for the keys to be pressed in: nothing less runs its completion.
  zsh: (script: string) => `
    zmodload zsh/zpty
    zpty inner zsh -f -i
    zpty -w inner 'TERM=dumb PS1=; autoload -Uz compinit; compinit -u -D; source ${script}; cbr() { print -r -- ecs-orders-0001; print -r -- other }; print rea""dy'
    zpty -r -m inner seen '*ready*'
    press() {
      zpty -w -n inner "$1"$'\\t'
      zpty -r -m inner seen "*$2 *"
      print -r -- $2
      zpty -w -n inner $'\\x15'
    }
    press 'cbr sh' show
    press 'cbr show --outp' --output
    press 'cbr show -o y' yaml
    press 'cbr wait --trace' --trace-file
    press 'cbr show --resource ecs-o' ecs-orders-0001`
} as const

layer(NodeServices.layer, { excludeTestServices: true })("completion", (it) => {
  const completes = (shell: keyof typeof tries) =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const script = join(yield* files.makeTempDirectoryScoped(), `cbr.${shell}`)
      yield* files.writeFileString(script, (yield* commandLine(["completion", shell])).out)
      const plainly = { bash: "--norc", fish: "--no-config", zsh: "-f" }[shell]
      const { err, out } = yield* finished(shell, [plainly, "-c", tries[shell](script)])
      assert.deepStrictEqual({ out, err }, { out: "show\n--output\nyaml\n--trace-file\necs-orders-0001\n", err: "" })
    })

  it.effect("bash completes commands, flags, their choices and names of resources", () => completes("bash"))
  it.effect(
    "fish completes commands, flags, their choices and names of resources",
    () => completes("fish"),
    needs("fish")
  )
  it.effect("zsh completes commands, flags, their choices and names of resources", () => completes("zsh"), needs("zsh"))
})
