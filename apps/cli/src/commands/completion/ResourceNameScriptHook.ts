import type * as Completions from "effect/cli/Completions"

/** The shells whose scripts ask for names. */
type HookedShell = "bash" | "zsh" | "fish"

/** A choice in the place of names that are asked for when Tab is pressed: the library's scripts hold fixed choices. */
const placeholder = "cbr-resource-names"

/** Gives `--resource` of each command the choice that stands for the names. */
export const withResourceNameChoice = (command: Completions.CommandDescriptor): Completions.CommandDescriptor => ({
  ...command,
  flags: command.flags.map((flag) =>
    flag.name === "resource" ? { ...flag, type: { _tag: "Choice", values: [placeholder] } } : flag
  ),
  subcommands: command.subcommands.map(withResourceNameChoice)
})

/** Lets a script ask `cbr completion names` in the place of that choice. */
export const hookNames = (script: string, shell: HookedShell): string => {
  const { ask, call, held } = hooks[shell]
  const [first = "", ...rest] = script.split("\n")
  // The first line of a script for zsh is read by its own loader.
  return [first, ask, ...rest].join("\n").replaceAll(held, () => call)
}

const hooks: Readonly<Record<HookedShell, { readonly ask: string; readonly held: string; readonly call: string }>> = {
  bash: {
    ask: `_cbr--names()
{
  local _name _names=()
  while IFS= read -r _name; do
    _names+=("$_name")
  done < <(cbr completion names -- "\${words[@]:1:cword-1}" 2>/dev/null)
  _cbr--choices "$1" "$2" "\${_names[@]}"
}`,
    held: `_cbr--choices "$cur" "$_comp_word" '${placeholder}'`,
    call: `_cbr--names "$cur" "$_comp_word"`
  },
  zsh: {
    ask: `
_cbr_names() {
  local -a names
  names=("\${(@f)$(cbr completion names -- "\${(@Q)words[1,CURRENT-1]}" 2>/dev/null)}")
  names=(\${names:#})
  compadd -a names
}`,
    held: `:(${placeholder})`,
    call: ":_cbr_names"
  },
  fish: {
    ask: `
function __cbr_names
  set -l words (commandline -opc)
  cbr completion names -- $words[2..-1] 2>/dev/null
end`,
    held: `-a '${placeholder}'`,
    call: `-a '(__cbr_names)'`
  }
}
